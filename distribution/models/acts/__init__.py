"""What people did with deliveries: the events, and the records that an act leaves."""

"""Pages about letters on their way: for senders, recipients and managers."""

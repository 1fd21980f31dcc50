"""Notices: what leaves through which channel, by which worker, and the reminders among them."""

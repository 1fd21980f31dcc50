"""Reminders that a person sends or writes, beside those of the schedule."""

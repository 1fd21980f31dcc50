"""Answers while the database, the broker or a slow statement stands in the way."""

"""Calls to units: the list of those to ring, and the note of a call."""

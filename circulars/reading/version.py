"""The version of the reader, kept with what people correct in its readings."""

READER_VERSION = "2026.11.3"
"""Change it with every change of what the reader finds, so that corrections of an older one can be told apart."""

"""Why a file can't be read as a table."""


class UnreadableTable(Exception):
    """The file can't be read as a table; the message says why and how to fix it."""

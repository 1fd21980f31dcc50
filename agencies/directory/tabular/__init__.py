"""A directory file as a table: its form, encoding, heading, rows and cells."""

"""Pages of one letter beside its first."""

"""Pages about copies that are likely to be late."""

"""Use cases of managers: what reaches them by itself."""

"""What a manager has chosen to be told, and what was told."""

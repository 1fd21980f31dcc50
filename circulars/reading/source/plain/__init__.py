"""Text files: their encoding, and their pages."""

"""Pages of managers about the letters of their units."""

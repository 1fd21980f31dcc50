"""What managers ask about all letters of their units."""

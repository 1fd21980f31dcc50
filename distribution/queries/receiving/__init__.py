"""What the pages of a unit that received letters ask."""

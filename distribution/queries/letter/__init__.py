"""What the pages of one letter ask."""

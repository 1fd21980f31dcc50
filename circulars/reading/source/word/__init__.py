"""Steps of reading a Word file: its parts, styles, automatic numbers, paragraphs and tables."""

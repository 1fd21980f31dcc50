"""Charts drawn on the server, as numbers for an SVG. The page shows the table behind each."""

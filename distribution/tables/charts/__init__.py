"""Charts as numbers for an SVG, the same for the page and for print: readable without colour, a table behind each."""

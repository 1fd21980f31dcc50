"""Taking a directory file in: a table of cells, judged row by row, written when a person has agreed."""

"""Pages of a letter before its dispatch."""

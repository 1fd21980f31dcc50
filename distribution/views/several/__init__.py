"""Several letters of an inbox chosen and dealt with together."""

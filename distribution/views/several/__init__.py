"""Several rows of a list chosen over its pages and dealt with together: of an inbox, or of what is outstanding."""

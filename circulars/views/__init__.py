"""Pages of the letter before it leaves."""

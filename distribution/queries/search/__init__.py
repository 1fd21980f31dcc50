"""What the search box of every page finds: letters, received letters, recipients, units, people."""

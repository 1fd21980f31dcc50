"""Contact details of units: channels, addresses, corrections and proposals."""

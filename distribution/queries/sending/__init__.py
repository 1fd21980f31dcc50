"""What the pages of senders and managers ask."""

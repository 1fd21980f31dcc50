"""What a person keeps of a list: saved views, columns, and the way back to its place."""

"""What must hold of all stored rows, and which rows break it."""

"""The head of a letter (Y 10 to Y 15, Y 25, Y 26): its segments tagged by the best path through them."""

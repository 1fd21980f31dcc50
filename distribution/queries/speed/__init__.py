"""How long units take: the working time of each copy, and figures over many copies."""

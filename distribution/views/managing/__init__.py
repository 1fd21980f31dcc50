"""Pages of managers, and the bell of everybody."""

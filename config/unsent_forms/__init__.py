"""Forms that could not be carried out because the session had ended: kept, and offered again."""

"""Every page with a small and a large database."""

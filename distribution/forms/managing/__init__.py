"""Forms of managers."""

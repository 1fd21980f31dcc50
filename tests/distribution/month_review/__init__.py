"""The month in review."""

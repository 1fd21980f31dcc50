"""The month in review: how the letters of a period were confirmed and completed."""

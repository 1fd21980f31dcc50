"""The month in review as rows, and in words."""

"""What people type: one module for each use case."""

"""Forms, one module per use case."""

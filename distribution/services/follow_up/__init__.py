"""What the issuer does with a letter after its dispatch."""

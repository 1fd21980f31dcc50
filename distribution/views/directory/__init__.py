"""Pages of the directory that concern deliveries too."""

"""The normal form of e-mail addresses and telephone numbers, and the marks of two texts that differ."""

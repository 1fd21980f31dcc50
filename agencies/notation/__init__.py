"""The normal form of e-mail addresses and telephone numbers."""

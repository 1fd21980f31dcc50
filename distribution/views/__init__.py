"""Pages about sent letters, for senders, recipients and managers."""

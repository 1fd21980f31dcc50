"""What a person without an account does by the link of a mail."""

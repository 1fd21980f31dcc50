"""What happens while a channel, the database or the background jobs are away."""

"""What waits for a manager or for a person: lists, figures of the weekly digest, and the bell."""

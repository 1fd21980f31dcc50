"""Evidence that outlasts whoever can write to the database."""

"""Set-up on a fresh machine, run by the system's python3. Standard library only; nothing imports it."""

"""Exports: ours and the bare tools, each run in a process of its own."""

"""Fault injection: what `make drill` runs."""

"""Which open copies are likely to miss their due time, learned from finished ones (docs/likely-late.md)."""

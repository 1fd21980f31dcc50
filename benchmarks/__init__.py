"""The measures of `make bench` and the fault injection of `make drill`."""

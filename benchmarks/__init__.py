"""What `make bench` measures and `make drill` breaks."""

"""Deliveries: their columns and milestones, and what belongs to one delivery."""

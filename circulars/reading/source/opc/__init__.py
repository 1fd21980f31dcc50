"""Packages in the Open Packaging Conventions: their parts, and the e-Yazışma package."""

"""Mutation of source lines, to see which slips the tests notice."""

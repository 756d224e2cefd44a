"""Proving what was printed."""

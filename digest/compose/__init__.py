"""Summaries -> Issue: duplicates, order, sections, overview, coverage.  Pure."""

"""Handing issues over, and what comes back by mail."""

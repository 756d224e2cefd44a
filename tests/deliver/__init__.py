"""Delivery against a real SMTP server on loopback that can be told to go wrong."""

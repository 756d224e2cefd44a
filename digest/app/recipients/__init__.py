"""Who gets an edition."""

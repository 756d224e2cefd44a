"""What digest doctor looks at."""

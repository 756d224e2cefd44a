"""Running every morning by itself: what is due next, how it fares, and who is told."""

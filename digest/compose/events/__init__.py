"""One event, one entry: which articles report the same event, found without comparing all pairs."""

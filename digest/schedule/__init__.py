"""When an edition is due.  Pure: the moment is an argument."""

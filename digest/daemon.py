"""The daemon: sleeps until an edition is due, then runs digest."""

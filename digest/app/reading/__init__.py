"""Reading the sources of editions."""

"""The command line: parses, calls app, prints.  stdout is the product, stderr the talk."""

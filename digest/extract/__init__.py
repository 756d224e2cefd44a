"""bytes -> Articles: encoding, front matter, Markdown, pages, records, boilerplate, glosses.  Pure."""

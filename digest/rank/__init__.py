"""Article -> Summary: sentences, tokens, graph, prior, selection, keywords.  Pure."""

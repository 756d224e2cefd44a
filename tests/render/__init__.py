"""The room of rendering: laws for its texts, and a browser for its pages."""

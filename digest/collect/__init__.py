"""Where bytes come from: folders, files, templates.  It knows no format."""

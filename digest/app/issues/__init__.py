"""Making issues: composed, rendered, kept until they are due, frozen."""

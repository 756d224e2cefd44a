"""The configuration beyond one file: includes, changes, provenance, schema, versions."""

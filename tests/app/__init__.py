"""Tests of the use cases: over the real store, with real servers."""

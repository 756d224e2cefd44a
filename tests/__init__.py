"""The tests, in the order of the package; `properties`, `crash` and `meta` cut across it."""

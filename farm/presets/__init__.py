"""How to encode: named settings, read from files."""

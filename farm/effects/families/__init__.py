"""The effects, a file for each family."""

"""Effects on sound."""

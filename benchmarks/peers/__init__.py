"""What else a user might take, each run as its own documentation says."""

"""What a worker does for each kind of task, one file a kind."""

"""What is shown, a file for each kind of entry."""

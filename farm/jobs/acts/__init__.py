"""What can be done with the job table, by who does it."""

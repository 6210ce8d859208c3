"""From a job to its tasks: pure, nothing is run here."""

"""The job table: jobs, tasks, attempts, events, workers and artifacts."""

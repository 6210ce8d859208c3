"""The coordinator: plans jobs, sends what is ready, settles what has ended."""

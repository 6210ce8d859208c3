"""Worker processes: Celery takes the messages, `farm.kinds` does the work."""

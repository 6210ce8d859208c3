"""FFmpeg, and nothing about jobs: graphs, commands, runs, facts."""

"""What the user wants to see and hear: pure data, no input or output."""

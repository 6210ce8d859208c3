"""Foreign timeline formats, a file or folder each, and the one entrance to all."""

"""Drawn scenes with skin, sky, leaves, water, lines, letters: nobody's film."""

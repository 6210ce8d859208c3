"""Packages for players: what they hold, and the lists that say so (HLS, DASH)."""

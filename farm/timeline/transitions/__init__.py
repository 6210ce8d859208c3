"""The kinds of transitions, as data; adding one is one entry in `drawn.py`."""

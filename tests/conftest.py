"""What all tests start from."""

from __future__ import annotations

import signal

# A shell starts what runs in the background with SIGINT ignored, and programs hand
# that on: then nothing that a test starts could be stopped as by Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

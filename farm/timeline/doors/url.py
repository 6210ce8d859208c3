"""URLs of media files, as paths."""

from __future__ import annotations

import re
from urllib.parse import unquote

_DRIVE = re.compile(r"/[A-Za-z]:[/\\]")


def read_url(url: str) -> str:
    """Return the path that a URL means; anything but ``file:`` stays as it is."""
    if not url.lower().startswith("file:"):
        return url
    rest = url[len("file:") :]
    if rest.startswith("//"):
        host, _, path = rest[2:].partition("/")
        rest = f"/{path}" if host.lower() in {"", "localhost"} else f"//{host}/{path}"
    path = unquote(rest)
    return path[1:] if _DRIVE.match(path) else path

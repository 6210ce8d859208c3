"""Fetch a source from an address, where that is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.api.output import check_output
from farm.api.submit import Submitter
from farm.fetch import Fetching, fetch

if TYPE_CHECKING:
    import os
    from pathlib import Path


class Fetches(Submitter):
    """What is done before a job: its sources are files."""

    def fetch(self, url: str, output: str | os.PathLike[str]) -> Path:
        """Write what is at an https address to a file, and return its path.

        It is done here and now, by no worker. The host must be one of `https_hosts`,
        and no private address; the file is there when all of it came.

        Raises:
            InvalidOption: when it is no address of https, or cannot be written there.
            MediaForbidden, MediaMissing, MediaTooLarge: when it is not fetched.
            TaskFailed: when it did not come whole.
        """
        path = check_output(output)
        settings = self.settings
        fetch(
            url,
            path,
            Fetching(
                hosts=frozenset(host.lower() for host in settings.https_hosts),
                max_bytes=settings.https_max_bytes,
                limit_seconds=settings.task_limit_seconds,
            ),
        )
        return path

"""Single requests to an S3 server, by s3fs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from farm.errors import InvalidSettings
from farm.objects.failures import no_bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.objects.facts import ObjectFacts
    from farm.place import ObjectPath

_READ_BYTES = 1024**2
_CONNECT_SECONDS, _ANSWER_SECONDS = 5, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Options:
    """Where the server is, and who we are to it; unset: as AWS's environment says."""

    endpoint_url: str | None = None
    region: str | None = None
    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class S3Requests:
    """A connection that is opened when it is first used; safe for threads and forks.

    What is raised is that of the libraries.
    """

    options: S3Options
    _files: Any = field(default=None, init=False, repr=False)
    _pid: int = field(default=0, init=False, repr=False)

    def read_from(self, facts: ObjectFacts, start: int) -> Iterator[bytes]:
        """Yield an object's bytes from one on, as long as the store gives them."""
        from fsspec.asyn import sync

        files = self.open()
        wanted: dict[str, str] = {"Range": f"bytes={start}-"} if start else {}
        if facts.etag:
            wanted["IfMatch"] = f'"{facts.etag}"'
        if facts.version:
            wanted["VersionId"] = facts.version
        body = self.call("get_object", facts.place, **wanted)["Body"]

        async def read() -> bytes:
            blocks: list[bytes] = []
            while (left := _READ_BYTES - sum(map(len, blocks))) > 0:
                block = await body.read(left)
                if not block:
                    break
                blocks.append(block)
            return b"".join(blocks)

        try:
            while data := sync(files.loop, read):
                yield data
        finally:
            body.close()

    def see_bucket(self, place: ObjectPath) -> None:
        """Raise `StoreRefused` where there is not even the bucket."""
        try:
            self.call_bucket("head_bucket", place)
        except FileNotFoundError as error:
            raise no_bucket(place) from error
        except PermissionError:  # it may be read, but not be looked at
            return

    def call(self, method: str, place: ObjectPath, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """Ask for something about an object; return the answer."""
        return self.call_bucket(method, place, Key=place.key, **more)

    def call_bucket(
        self,
        method: str,
        place: ObjectPath,
        **more: Any,  # noqa: ANN401  # as S3 has it
    ) -> dict[str, Any]:
        """Ask for something about a bucket; return the answer."""
        answer: dict[str, Any] = self.open().call_s3(
            method, Bucket=place.bucket, **more
        )
        return answer

    def open(self) -> Any:  # noqa: ANN401  # s3fs has no types
        """Return the connection of this process."""
        if self._files is None or self._pid != os.getpid():
            self._files, self._pid = _connect(self.options), os.getpid()
        return self._files


def _connect(options: S3Options) -> Any:  # noqa: ANN401  # s3fs has no types
    try:
        from s3fs import S3FileSystem
    except ImportError as error:
        raise InvalidSettings(
            "s3:// needs s3fs, which is not installed: pip install 'renderfarm[s3]'"
        ) from error
    files = S3FileSystem(
        key=options.access_key_id,
        secret=options.secret_access_key,
        endpoint_url=options.endpoint_url,
        client_kwargs={"region_name": options.region} if options.region else {},
        config_kwargs={
            "connect_timeout": _CONNECT_SECONDS,
            "read_timeout": _ANSWER_SECONDS,
            "retries": {"max_attempts": 4, "mode": "standard"},
        },
        use_listings_cache=False,
        skip_instance_cache=True,
    )
    files.retries = 1  # of its own: it would try all of those again
    return files

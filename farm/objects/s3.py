"""An S3 server, by s3fs: look at objects, copy them here, put them there, whole.

An object is there when all of it is, or not at all: what is large goes in parts, which
the store joins in the end, or forgets.
"""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from farm.errors import StoreFailed, TaskCancelled
from farm.objects.facts import SHA256_KEY, ObjectFacts, Sums
from farm.objects.failures import code_of, is_damage, told
from farm.objects.s3_requests import S3Options, S3Requests
from farm.place import ObjectPath

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["S3Options", "S3Store"]

PART_BYTES = 32 * 1024**2
"""What goes in one request, both ways; of a file for which that is not enough, more."""
_MOST_PARTS = 10_000  # of one object; S3
_MOST_COPY_BYTES = 5 * 1024**3  # that a store copies in one request; S3
_TRIES = 4
"""How often a part of an object is asked for when the store breaks off."""
_DELETED_AT_ONCE = 1000  # S3


@dataclass(slots=True)
class S3Store(S3Requests):
    """An S3 server."""

    part_bytes: int = PART_BYTES

    def stat(self, place: ObjectPath) -> ObjectFacts:
        """Return what the store tells of an object.

        Raises:
            MediaMissing: there is none.
            StoreRefused: there is no bucket, or it is kept from us.
            StoreFailed: it cannot be asked.
        """
        with told(place, "it cannot be looked at"):
            try:
                head = self.call("head_object", place, ChecksumMode="ENABLED")
            except FileNotFoundError:
                self.see_bucket(place)
                raise
        return ObjectFacts.of_head(place, head)

    def download(
        self,
        facts: ObjectFacts,
        target: BinaryIO,
        *,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> tuple[str, str]:
        """Write an object to a file, and compare it with what the store tells of it.

        Args:
            facts: of the object; another that has taken its place is refused.
            target: an empty file.
            should_stop: asked all the time.

        Returns:
            The SHA-256 of it, and by what it was compared; empty: by its size alone.

        Raises:
            SourceChanged: when it was replaced.
            StoreFailed: when the store breaks off again and again, or what came is not
                what it tells.
            TaskCancelled: when it was told to stop.
        """
        sums = Sums()
        with told(facts.place, "it cannot be read"):
            tries = 0
            while sums.size_bytes < facts.size_bytes:
                before = sums.size_bytes
                try:
                    for data in self.read_from(facts, before):
                        _see_whether(should_stop)
                        target.write(data)
                        sums.add(data)
                except Exception as error:
                    if not _is_break(error) or tries >= _TRIES:
                        raise
                tries = 0 if sums.size_bytes > before else tries + 1
                if tries > _TRIES:
                    raise StoreFailed(
                        f"{facts.place}: the store breaks off after "
                        f"{sums.size_bytes} of {facts.size_bytes} bytes",
                        path=str(facts.place),
                    )
        by, is_same = sums.compare(facts)
        if not is_same:
            raise StoreFailed(
                f"what came of {facts.place} is not what the store tells of it "
                f"({by or 'size'} differs)",
                path=str(facts.place),
            )
        return sums.sha256, by

    def upload(self, file: Path, place: ObjectPath, *, sha256: str) -> ObjectFacts:
        """Put a file there, whole; return what the store then tells of it.

        Raises:
            StoreRefused: there is no bucket, or it may not be written to.
            StoreFailed: it failed, or has something else; nothing is there then.
        """
        size = file.stat().st_size
        about = {"Metadata": {SHA256_KEY: sha256}}
        with told(place, "it cannot be written"), file.open("rb") as source:
            if size <= self.part_bytes:
                data = source.read()
                summed = hashlib.md5(data, usedforsecurity=False)
                answer = self.call(
                    "put_object",
                    place,
                    Body=data,
                    ContentMD5=base64.b64encode(summed.digest()).decode(),
                    **about,
                )
                self._see_part(answer, summed.hexdigest(), place)
            else:
                self._upload_parts(source, size, place, about)
        return self._see_whole(place, size=size, sha256=sha256)

    def copy(self, source: ObjectPath, target: ObjectPath) -> None:
        """Let the store copy an object, with what is told of it."""
        facts = self.stat(source)
        with told(target, "it cannot be written"):
            origin = {"Bucket": source.bucket, "Key": source.key}
            match = {"CopySourceIfMatch": f'"{facts.etag}"'} if facts.etag else {}
            if facts.size_bytes <= min(_MOST_COPY_BYTES, 8 * self.part_bytes):
                self.call("copy_object", target, CopySource=origin, **match)
            else:
                self._copy_parts(facts, origin, match, target)
        self._see_whole(target, size=facts.size_bytes, sha256=facts.sha256)

    def remove(self, *places: ObjectPath) -> None:
        """Remove objects of one bucket; what is not there is no error."""
        for at in range(0, len(places), _DELETED_AT_ONCE):
            some = places[at : at + _DELETED_AT_ONCE]
            with told(some[0], "it cannot be removed"):
                named = [{"Key": place.key} for place in some]
                self.call_bucket(
                    "delete_objects",
                    some[0],
                    Delete={"Objects": named, "Quiet": True},
                )

    def walk(self, folder: ObjectPath) -> Iterator[ObjectFacts]:
        """Yield all objects below a prefix, with size and time alone."""
        token: dict[str, str] = {}
        while True:
            with told(folder, "it cannot be listed"):
                prefix = f"{folder.key}/" if folder.key else ""
                found = self.call_bucket(
                    "list_objects_v2", folder, Prefix=prefix, **token
                )
            for each in found.get("Contents", ()):
                yield ObjectFacts(
                    place=ObjectPath(f"s3://{folder.bucket}/{each['Key']}"),
                    size_bytes=int(each["Size"]),
                    modified=each["LastModified"].timestamp(),
                    etag=str(each.get("ETag", "")).strip('"'),
                )
            if not found.get("IsTruncated"):
                return
            token = {"ContinuationToken": found["NextContinuationToken"]}

    def prove_writable(self, place: ObjectPath) -> None:
        """See that an object may be put there, without putting one.

        Raises:
            StoreRefused: there is no bucket, or it may not be written to.
            StoreFailed: it cannot be asked.
        """
        with told(place, "it cannot be written"):
            begun = self.call("create_multipart_upload", place)
            self.call("abort_multipart_upload", place, UploadId=begun["UploadId"])

    # --- parts

    def _upload_parts(
        self, source: BinaryIO, size: int, place: ObjectPath, about: dict[str, Any]
    ) -> None:
        part_bytes = max(self.part_bytes, -(-size // _MOST_PARTS))

        def send(number: int, upload: str) -> str | None:
            data = source.read(part_bytes)
            if not data:
                return None
            answer = self.call(
                "upload_part", place, UploadId=upload, PartNumber=number, Body=data
            )
            summed = hashlib.md5(data, usedforsecurity=False).hexdigest()
            return self._see_part(answer, summed, place)

        self._in_parts(place, about, send)

    def _copy_parts(
        self,
        facts: ObjectFacts,
        origin: dict[str, str],
        match: dict[str, str],
        target: ObjectPath,
    ) -> None:
        part_bytes = max(8 * self.part_bytes, -(-facts.size_bytes // _MOST_PARTS))

        def send(number: int, upload: str) -> str | None:
            first = (number - 1) * part_bytes
            if first >= facts.size_bytes:
                return None
            last = min(first + part_bytes, facts.size_bytes) - 1
            answer = self.call(
                "upload_part_copy",
                target,
                UploadId=upload,
                PartNumber=number,
                CopySource=origin,
                CopySourceRange=f"bytes={first}-{last}",
                **match,
            )
            return str(answer["CopyPartResult"]["ETag"])

        self._in_parts(target, {"Metadata": {SHA256_KEY: facts.sha256}}, send)

    def _in_parts(
        self,
        place: ObjectPath,
        about: dict[str, Any],
        send: Callable[[int, str], str | None],
    ) -> None:
        """Send parts until there are none; let the store forget them if one fails."""
        upload = self.call("create_multipart_upload", place, **about)["UploadId"]
        parts: list[dict[str, Any]] = []
        try:
            while (etag := send(len(parts) + 1, upload)) is not None:
                parts.append({"PartNumber": len(parts) + 1, "ETag": etag})
            self.call(
                "complete_multipart_upload",
                place,
                UploadId=upload,
                MultipartUpload={"Parts": parts},
            )
        except BaseException:
            with suppress(Exception):
                self.call("abort_multipart_upload", place, UploadId=upload)
            raise

    def _see_whole(self, place: ObjectPath, *, size: int, sha256: str) -> ObjectFacts:
        """Look at what was put there; remove it where it is something else."""
        found = self.stat(place)
        if (found.size_bytes, found.sha256) == (size, sha256):
            return found
        with suppress(Exception):
            self.remove(place)
        raise StoreFailed(
            f"what is at {place} is not what was put there", path=str(place)
        )

    def _see_part(self, answer: dict[str, Any], md5: str, place: ObjectPath) -> str:
        """Compare what the store says it got with what was sent; return its ETag."""
        got = ObjectFacts.of_head(
            place, {**answer, "ContentLength": 0, "LastModified": datetime.now(UTC)}
        )
        if got.md5 and got.md5 != md5:
            raise StoreFailed(
                f"{place}: the store got other bytes than were sent", path=str(place)
            )
        return str(answer["ETag"])


def _see_whether(should_stop: Callable[[], bool]) -> None:
    if should_stop():
        raise TaskCancelled("the attempt was told to stop")


def _is_break(error: Exception) -> bool:
    """Whether the store broke off, rather than said no."""
    if is_damage(error):
        return False
    return (
        not code_of(error)
        and not isinstance(error, TaskCancelled | StoreFailed | OSError)
    ) or isinstance(error, ConnectionError | TimeoutError)

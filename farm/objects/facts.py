"""What a store tells of an object, and whether bytes are those that it tells of."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from farm.place import ObjectPath

SHA256_KEY = "farm-sha256"
"""What the farm calls the SHA-256 of a whole object, in the object's metadata."""
_MD5 = re.compile(r"[0-9a-f]{32}")
#: Where the store encrypts with keys of its own, an ETag is no MD5.
_NO_MD5 = ("aws:kms", "aws:kms:dsse")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectFacts:
    """An object as it is now."""

    place: ObjectPath
    size_bytes: int
    modified: float
    """Seconds since 1970."""
    etag: str = ""
    version: str = ""
    """Empty where the bucket keeps no versions."""
    sha256: str = ""
    """In hexadecimal digits; empty where nobody told it."""
    md5: str = ""
    crc32: str = ""
    """In hexadecimal digits, of the whole object."""

    @property
    def identity(self) -> str:
        """What is another as soon as the object was replaced."""
        return f"s3:{self.etag}:{self.version}:{self.size_bytes}:{self.modified:.0f}"

    @classmethod
    def of_head(cls, place: ObjectPath, head: dict[str, Any]) -> ObjectFacts:
        """Read the answer to a HEAD request."""
        etag = str(head.get("ETag", "")).strip('"')
        is_plain = head.get("ServerSideEncryption") not in _NO_MD5
        is_plain = is_plain and "SSECustomerAlgorithm" not in head
        is_whole = head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT"
        told = str(head.get("Metadata", {}).get(SHA256_KEY, ""))
        modified: datetime = head["LastModified"]
        version = head.get("VersionId")
        return cls(
            place=place,
            size_bytes=int(head["ContentLength"]),
            modified=modified.timestamp(),
            etag=etag,
            version="" if version in {None, "null"} else str(version),
            sha256=told or (_hex(head.get("ChecksumSHA256")) if is_whole else ""),
            md5=etag if is_plain and _MD5.fullmatch(etag) else "",
            crc32=_hex(head.get("ChecksumCRC32")) if is_whole else "",
        )


def _hex(told: str | None) -> str:
    """Return a checksum in hexadecimal digits; one of parts (``…-2``) is none."""
    return base64.b64decode(told).hex() if told and "-" not in told else ""


@dataclass(slots=True)
class Sums:
    """Checksums of bytes that pass by."""

    size_bytes: int = 0
    _sha256: Any = field(default_factory=hashlib.sha256)
    _md5: Any = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))
    _crc32: int = 0

    def add(self, data: bytes) -> None:
        """See the next bytes."""
        self.size_bytes += len(data)
        self._sha256.update(data)
        self._md5.update(data)
        self._crc32 = zlib.crc32(data, self._crc32)

    @property
    def sha256(self) -> str:
        """In hexadecimal digits."""
        return str(self._sha256.hexdigest())

    def compare(self, facts: ObjectFacts) -> tuple[str, bool]:
        """Return by what the bytes were compared with the object, and whether alike.

        The first is empty where the store tells no checksum: the size alone is.
        """
        is_whole = self.size_bytes == facts.size_bytes
        if facts.sha256:
            return "sha256", is_whole and facts.sha256 == self.sha256
        if facts.crc32:
            return "crc32", is_whole and facts.crc32 == f"{self._crc32:08x}"
        if facts.md5:
            return "md5", is_whole and facts.md5 == self._md5.hexdigest()
        return "", is_whole

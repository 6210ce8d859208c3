"""What went wrong with a store, in one sentence; never with a secret in it."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from farm.errors import (
    FarmError,
    MediaMissing,
    SourceChanged,
    StoreFailed,
    StoreRefused,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.place import ObjectPath

_NO_BUCKET = {"NoSuchBucket"}
_NO_OBJECT = {"NoSuchKey", "NoSuchVersion", "404", "NotFound"}
_DENIED = {"AccessDenied", "AllAccessDisabled", "403", "Forbidden", "AccountProblem"}
_UNKNOWN_NAME = {
    *("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"),
    *("InvalidSecurity", "TokenRefreshRequired", "AuthorizationHeaderMalformed"),
}
_REPLACED = {"PreconditionFailed", "412"}
_CREDENTIALS = (
    "name them in the environment of AWS, or by s3_access_key_id and "
    "s3_secret_access_key"
)


@contextmanager
def told(place: ObjectPath, doing: str) -> Iterator[None]:
    """Turn what the libraries raise into an error of the farm.

    Args:
        place: what it is about.
        doing: what was done to it, as in "it cannot be read".
    """
    try:
        yield
    except FarmError:
        raise
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:  # of this machine's disk
            raise
        raise _explain(error, place, doing) from error
    except Exception as error:
        raise _explain(error, place, doing) from error


def code_of(error: BaseException | None) -> str:
    """Return what the store calls an error; empty where it did not answer."""
    while error is not None:
        response = getattr(error, "response", None)
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code", ""))
        error = error.__cause__
    return ""


def _explain(error: Exception, place: ObjectPath, doing: str) -> FarmError:
    code = code_of(error)
    if code in _NO_BUCKET:
        return no_bucket(place)
    if code in _NO_OBJECT or isinstance(error, FileNotFoundError):
        return MediaMissing(f"{place} does not exist", path=str(place))
    if code in _REPLACED:
        return SourceChanged(
            f"{place} was replaced while it was read; "
            "submit the job again to use what is there now",
            path=str(place),
        )
    name = type(error).__name__
    if is_damage(error):
        return StoreFailed(
            f"what came of {place} is not what the store tells of it (checksum "
            "differs)",
            path=str(place),
        )
    if why := _refusal(code, name, place, doing):
        return StoreRefused(why, path=str(place))
    return StoreFailed(
        f"{place}: {doing}: the store failed ({code or name}); "
        "is it up, and does s3_endpoint_url name it?",
        path=str(place),
    )


def is_damage(error: Exception) -> bool:
    """Whether the library found other bytes than the store's checksum is of."""
    return type(error).__name__ == "FlexibleChecksumError"


def _refusal(code: str, name: str, place: ObjectPath, doing: str) -> str | None:
    """Return the sentence for a store that says no; ``None`` where it does not."""
    if code in _DENIED:
        return f"access to {place} is denied to these credentials: {doing}"
    if code in _UNKNOWN_NAME:
        return f"the store does not accept the credentials for {place} ({code})"
    if name in {"NoCredentialsError", "PartialCredentialsError"}:
        return f"there are no credentials for {place}: {_CREDENTIALS}"
    return None


def no_bucket(place: ObjectPath) -> StoreRefused:
    """Return what to tell where a store has no such bucket."""
    return StoreRefused(
        f"{place}: the store has no bucket {place.bucket}", path=str(place)
    )

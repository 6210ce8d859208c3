"""The store and the input cache of this machine, as the settings name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.objects.inputs import InputCache
from farm.objects.s3 import S3Options, S3Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from farm.objects.inputs import Held
    from farm.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """What is needed to read and write objects; nothing is opened before it is used."""

    store: S3Store
    inputs: InputCache

    @classmethod
    def of(cls, settings: Settings) -> Objects:
        """Return those of the settings."""
        options = S3Options(
            endpoint_url=settings.s3_endpoint_url,
            region=settings.s3_region,
            access_key_id=settings.s3_access_key_id,
            secret_access_key=settings.s3_secret_access_key,
        )
        inputs = InputCache(
            folder=settings.input_cache_folder,
            max_bytes=settings.input_cache_max_bytes,
        )
        return cls(store=_store(options), inputs=inputs)

    def hold(self, should_stop: Callable[[], bool] = lambda: False) -> Held:
        """Return what holds copies of objects until it is closed."""
        return self.inputs.hold(should_stop)


_STORES: dict[S3Options, S3Store] = {}


def _store(options: S3Options) -> S3Store:
    """Return one connection for all that name the same server."""
    return _STORES.setdefault(options, S3Store(options))

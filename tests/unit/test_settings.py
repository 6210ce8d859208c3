"""Settings as people write them into the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from farm.errors import InvalidSettings
from farm.settings import Settings


@pytest.mark.parametrize(
    ("written", "folders"),
    [
        ("/srv/media", ["/srv/media"]),
        ("/srv/a:/srv/b c", ["/srv/a", "/srv/b c"]),
        ('["/srv/a:b", "/c"]', ["/srv/a:b", "/c"]),
    ],
)
def test_folders_are_written_as_in_path(
    written: str, folders: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARM_MEDIA_ROOTS", written)

    assert Settings.read().media_roots == [Path(folder) for folder in folders]


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARM_STORAGE", "")
    monkeypatch.setenv("FARM_CPU_SLOTS", "")

    settings = Settings.read()

    assert settings.storage != Path()
    assert settings.cpu_slots >= 1


@pytest.mark.parametrize("url", ["foo", "http://x", "amqp://host"])
def test_a_broker_is_redis(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARM_BROKER_URL", url)

    with pytest.raises(
        InvalidSettings, match=r"broker_url cannot be used: .* redis://"
    ):
        Settings.read()

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


def test_a_value_is_read_from_the_file_that_a_variable_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("redis://:pass@host:6379/0\n")
    monkeypatch.setenv("FARM_BROKER_URL_FILE", str(secret))
    monkeypatch.setenv("FARM_DATABASE_URL_FILE", "")

    settings = Settings.read()

    assert settings.broker_url == "redis://:pass@host:6379/0"
    assert settings.database_url is None


def test_every_setting_can_be_read_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("cpu_slots", "3"), ("media_roots", "/a:/b")):
        (tmp_path / name).write_text(value)
        monkeypatch.setenv(f"FARM_{name.upper()}_FILE", str(tmp_path / name))

    settings = Settings.read()

    assert settings.cpu_slots == 3
    assert settings.media_roots == [Path("/a"), Path("/b")]


def test_a_file_counts_less_than_its_variable_and_more_than_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "farm.toml").write_text("max_attempts = 5\ncpu_slots = 5\n")
    for name in ("max_attempts", "cpu_slots"):
        (tmp_path / name).write_text("6")
        monkeypatch.setenv(f"FARM_{name.upper()}_FILE", str(tmp_path / name))
    monkeypatch.setenv("FARM_CPU_SLOTS", "7")

    settings = Settings.read()

    assert (settings.max_attempts, settings.cpu_slots) == (6, 7)


@pytest.mark.parametrize(
    ("held", "why"),
    [(None, "cannot be read: No such file"), ("\n", "is empty"), ("x", "redis://")],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(
    held: str | None, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if held is not None:
        (tmp_path / "url").write_text(held)
    monkeypatch.setenv("FARM_BROKER_URL_FILE", str(tmp_path / "url"))

    with pytest.raises(InvalidSettings, match=why) as raised:
        Settings.read()

    assert "\n" not in str(raised.value)


def test_a_bucket_is_named_like_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARM_STORAGE", "s3://farm/files/")
    monkeypatch.setenv("FARM_MEDIA_ROOTS", "/srv/media:s3://media/films:/b")

    settings = Settings.read()

    assert str(settings.storage_folder) == "s3://farm/files"
    assert [str(root) for root in settings.media_roots] == [
        *("/srv/media", "s3://media/films", "/b")
    ]


def test_what_a_machine_has_for_itself_lies_in_no_store(tmp_path: Path) -> None:
    own = Settings.read(storage="s3://farm/files", local_folder=tmp_path)

    assert own.scratch_folder == tmp_path / "scratch"
    assert own.input_cache_folder == tmp_path / "inputs"
    assert own.database == f"sqlite:///{tmp_path / 'jobs.sqlite'}"


def test_a_map_of_paths_is_read_of_the_environment_and_of_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FARM_PATH_MAP", '{"/Volumes/media": "/mnt/media"}')
    assert Settings.read().path_map == {"/Volumes/media": "/mnt/media"}

    monkeypatch.delenv("FARM_PATH_MAP")
    (tmp_path / "map").write_text('{"Z:/m": "s3://media"}')
    monkeypatch.setenv("FARM_PATH_MAP_FILE", str(tmp_path / "map"))
    assert Settings.read().path_map == {"Z:/m": "s3://media"}


@pytest.mark.parametrize("written", ["{", "[]", '{"/": "/mnt"}', '{"/a": "s3://-/b"}'])
def test_a_map_that_cannot_be_read_is_refused(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARM_PATH_MAP", written)

    with pytest.raises(InvalidSettings):
        Settings.read()


def test_the_secret_of_a_store_is_read_of_a_file_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("open sesame\n")
    monkeypatch.setenv("FARM_S3_SECRET_ACCESS_KEY_FILE", str(tmp_path / "secret"))

    settings = Settings.read(s3_access_key_id="ali")

    assert settings.s3_secret_access_key == "open sesame"
    assert "sesame" not in repr(settings)

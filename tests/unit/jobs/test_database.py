from __future__ import annotations

from pathlib import Path

import pytest

from farm.errors import TableUnavailable
from farm.jobs.database import Database


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("postgresql://farm:s3cret@db.example:5433/jobs", "db.example:5433/jobs"),
        ("postgresql+psycopg://farm@db.example/jobs", "db.example/jobs"),
        ("postgres://farm:s3cret@db.example/jobs?password=s3cret", "db.example/jobs"),
        ("postgresql://farm@/jobs?host=/run/postgresql", "/run/postgresql/jobs"),
        ("sqlite:////srv/farm/jobs.sqlite", "/srv/farm/jobs.sqlite"),
        ("sqlite+pysqlite:////srv/a%20b.sqlite", "/srv/a b.sqlite"),
    ],
)
def test_location_is_told_without_user_and_password(url: str, location: str) -> None:
    assert Database(url).location == location


def test_relative_file_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///jobs.sqlite")
    monkeypatch.chdir("/")

    assert database.path == tmp_path / "jobs.sqlite"


def test_file_in_the_home_folder_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")

    assert Database("sqlite:///~/jobs.sqlite").path == Path("/home/ada/jobs.sqlite")


def test_other_databases_are_refused() -> None:
    with pytest.raises(TableUnavailable, match="cannot be kept in oracle"):
        Database("oracle://farm:s3cret@host/farm")

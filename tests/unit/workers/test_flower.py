"""The login of Flower, from a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from farm.errors import InvalidSettings
from farm.settings import Settings
from workers.flower import _check_open, _read_login, run_flower

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWER_BASIC_AUTH", "")  # so that it is put back afterwards
    monkeypatch.delenv("FLOWER_BASIC_AUTH")


def test_the_login_is_read_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "login").write_text("farm:secret\n")
    monkeypatch.setenv("FLOWER_BASIC_AUTH_FILE", str(tmp_path / "login"))

    _read_login()

    assert os.environ["FLOWER_BASIC_AUTH"] == "farm:secret"


def test_flower_does_not_start_open_where_its_login_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWER_BASIC_AUTH_FILE", str(tmp_path / "none"))

    with pytest.raises(InvalidSettings, match="FLOWER_BASIC_AUTH_FILE cannot be read"):
        run_flower(Settings.read(broker_url="redis://127.0.0.1:1/0"))


@pytest.mark.parametrize("address", ["0.0.0.0", "", "::", "192.0.2.7", "farm.example"])
def test_flower_is_not_open_to_other_machines_without_a_login(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWER_ADDRESS", address)
    monkeypatch.delenv("FLOWER_AUTH", raising=False)
    with pytest.raises(InvalidSettings, match="without a login"):
        run_flower(Settings.read(broker_url="redis://127.0.0.1:1/0"))
    monkeypatch.setenv("FLOWER_BASIC_AUTH", "farm:secret")
    _check_open()


@pytest.mark.parametrize("address", [None, "127.0.0.1", "::1", "localhost"])
def test_flower_is_for_this_machine_where_nothing_is_said(
    address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWER_ADDRESS", address or "")
    monkeypatch.delenv("FLOWER_AUTH", raising=False)
    if address is None:
        monkeypatch.delenv("FLOWER_ADDRESS")
    _check_open()
    assert os.environ["FLOWER_ADDRESS"] == (address or "127.0.0.1")

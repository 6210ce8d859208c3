"""`farm effects` lists the catalogue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from farm.cli.app import run
from farm.effects.catalog import EFFECTS

if TYPE_CHECKING:
    import pytest


def test_all_effects_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["effects"]) == 0

    shown = capsys.readouterr().out
    assert all(name in shown for name in EFFECTS)


def test_the_gallery_is_named_beside_the_list(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = Path(__file__).parents[3]

    for arguments in ([], ["blur"]):
        assert run(["effects", *arguments]) == 0
        named = capsys.readouterr().err.split()[0]
        assert (root / named).is_file()


def test_one_effect_is_told_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["effects", "blur", "--json"]) == 0

    (told,) = json.loads(capsys.readouterr().out)["effects"]
    assert told["family"] == "blur"
    assert told["neutral"] == {"sigma": 0}
    assert told["gpu_filter"] == "gblur_vulkan"
    assert told["parameters"]["sigma"] == {
        "type": "number",
        "unit": "px",
        "default": 5,
        "minimum": 0,
        "maximum": 200,
        "keyframes": True,
    }


def test_an_unknown_one_is_refused_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["effects", "glo"]) == 2
    assert "did you mean glow?" in capsys.readouterr().err

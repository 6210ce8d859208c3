"""`farm demo` as a user runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import av

from tests.acceptance.cli_helpers import CommandLine

if TYPE_CHECKING:
    from pathlib import Path


def test_the_demonstration_is_rendered_and_checked(tmp_path: Path) -> None:
    farm = CommandLine(folder=tmp_path)

    done = farm.run("demo", "-o", "shown", "--json")

    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    with av.open(shown["film"]) as container:
        assert sum(1 for _ in container.decode(video=0)) == 480
    with av.open(shown["sheet"]) as container:
        sheet = next(container.decode(video=0))
    assert (sheet.width, sheet.height) == (1304, 596)
    with av.open(shown["frame"]) as container:
        assert next(container.decode(video=0)).width == 1280
    assert list(shown["seconds"]) == [
        "source clips",
        "render",
        "check",
        "frame",
        "contact sheet",
    ]
    assert farm.processes() == []

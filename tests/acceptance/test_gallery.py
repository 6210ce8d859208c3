"""The stored pictures are what the farm makes now, and it makes the same twice."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from farm import Farm
from gallery.catalogue import all_pages
from gallery.make import make_pictures
from gallery.markdown import FOLDER
from gallery.media import make_media

if TYPE_CHECKING:
    from pathlib import Path

    from gallery.entry import Page

#: One of each page, and of each way in which a picture is made.
SOME = {
    "glow",
    "s_log",
    "motion_blur",
    "glitch",
    "chroma_key",
    "lut",
    "teal_orange",
    "duotone",
    "shear",
    "stabilise",
    "levels",
    "wipeleft",
    "burn",
    "split-diagonal-landscape",
    "stylized-neon",
    "bounce",
    "reverb",
}
#: What another build of FFmpeg or of the pictures' encoder may differ by.
LEAST_PSNR = 32


def chosen(media: Path) -> tuple[Page, ...]:
    return tuple(
        replace(page, entries=tuple(each for each in page.entries if each.name in SOME))
        for page in all_pages(media)
    )


def make(root: Path) -> dict[Path, bytes]:
    """Make some pictures with a farm of their own."""
    output = root / "gallery"
    with Farm.local(root / "farm") as farm:
        media = root / "media"
        make_media(media, farm)
        paths = make_pictures(chosen(media), output, farm=farm, scratch=root)
    return {path.relative_to(output): path.read_bytes() for path in paths}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_stored_pictures_are_made_again(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    made = make(tmp_path / "one")

    assert {path.stem for path in made} == SOME
    far = {
        path.stem: round(found, 1)
        for path in made
        if (found := psnr(tmp_path / "one" / "gallery" / path, FOLDER / path))
        < LEAST_PSNR
    }
    assert far == {}
    assert make(tmp_path / "other") == made


def psnr(one: Path, other: Path) -> float:
    """Return the likeness of two pictures in dB."""
    with Image.open(one) as a, Image.open(other) as b:
        if a.size != b.size:
            return 0
        first, second = (
            np.asarray(each.convert("RGB"), dtype=float) for each in (a, b)
        )
    error = float(np.mean((first - second) ** 2))
    return 99 if error == 0 else 10 * math.log10(255**2 / error)

"""How like its reference an analysis finds a film."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from farm.errors import InvalidOption, MediaUnreadable
from tests.integration.ffmpeg.analysing import analyse, analyse_telling
from tests.integration.ffmpeg.processes import LOSSLESS

if TYPE_CHECKING:
    from tests.integration.ffmpeg.conftest import MakeFilm


def test_likeness_of_the_same_film(make_film: MakeFilm) -> None:
    path = make_film("testsrc2=s=128x96:r=25:d=1[v]")
    found = analyse(path, "quality", reference=str(path)).quality
    assert found is not None
    assert found.frames == 25
    assert found.vmaf.mean is not None
    assert found.vmaf.mean > 95
    assert found.ssim.mean == found.ssim.lowest == 1
    assert (found.psnr.mean, found.psnr.lowest) == (None, None)


def test_psnr_of_a_known_error(make_film: MakeFilm) -> None:
    """Luma that is off by 5: a mean square error of 25 in two thirds of all samples."""
    gray = "color=gray:s=96x64:r=25:d=1,format=yuv420p"
    reference = make_film(f"{gray}[v]", *LOSSLESS, "reference.mkv")
    other = make_film(f"{gray},lutyuv=y=val+5[v]")
    found = analyse(other, "quality", reference=str(reference)).quality
    assert found is not None
    assert found.psnr.mean == pytest.approx(
        10 * math.log10(255**2 / (25 * 4 / 6)), abs=0.01
    )


def test_worse_is_told_to_be_worse(make_film: MakeFilm) -> None:
    source = "testsrc2=s=320x240:r=25:d=1,noise=alls=10"
    reference = make_film(f"{source}[v]", *LOSSLESS, "reference.mkv")
    found = []
    for crf in (10, 30, 45):
        # of another size and clock than the reference
        path = make_film(
            f"{source},scale=160:120[v]", "-c:v", "libx264", "-crf", str(crf), "c.mp4"
        )
        quality = analyse(path, "quality", reference=str(reference)).quality
        assert quality is not None
        assert (quality.width, quality.height) == (320, 240)
        found.append((quality.vmaf.mean, quality.ssim.mean, quality.psnr.mean))
    assert found == sorted(found, reverse=True)


def test_unequal_lengths_are_compared_while_both_play(make_film: MakeFilm) -> None:
    reference = make_film("testsrc2=s=96x64:r=25:d=2[v]", *LOSSLESS, "reference.mkv")
    path = make_film("testsrc2=s=96x64:r=25:d=1[v]")
    found, warnings = analyse_telling(path, ("quality",), {"reference": str(reference)})
    assert found.quality is not None
    assert found.quality.frames == 25
    assert "not equally long" in warnings[0]


def test_references_that_cannot_be_compared(make_film: MakeFilm) -> None:
    path = make_film("testsrc2=s=96x64:r=25:d=1[v]")
    tiny = make_film("testsrc2=s=8x8:r=25:d=1[v]", *LOSSLESS, "tiny.mkv")
    with pytest.raises(InvalidOption, match="is 8x8; quality is measured from 16x16"):
        analyse(path, "quality", reference=str(tiny))
    sound = make_film("sine=440:d=1[a]", "-c:a", "flac", "a.flac")
    with pytest.raises(MediaUnreadable, match="holds no film to compare with"):
        analyse(path, "quality", reference=str(sound))

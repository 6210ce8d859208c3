"""Documents of ASS are burnt in with all that stands in their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.timeline.composition import Script
from tests.integration.render.measure import close
from tests.integration.render.pieces import Cutter
from tests.integration.render.timelines import plain, timeline, video

if TYPE_CHECKING:
    from pathlib import Path

    from farm.settings import Settings
    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Array

HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, \
BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, \
BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Noto Sans,40,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,\
100,0,0,1,0,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
SQUARE = "m 0 0 l 40 0 40 40 0 40"
#: What would open a file, end a graph or take all memory, if anything did.
HOSTILE = (
    r"{\fs999999\bord99999\blur99999\fscx9999999\t(0,1,\fs1)}big",
    r"{\p1\pos(-99999,99999)}m -9999999 -9999999 l 9999999 0 9999999 9999999",
    r"{\clip(junk}{\iclip(9,m 0 0 l}{\p-5\p999}x{",
    "{\\fn/etc/passwd\\fn../../x}" + "x" * 9000,
    r"';[in]movie=/etc/passwd[a],%{pts}\N\h\n\\",
    r"{\move(0,0,1e308,-1e308,-5,99999999)\org(1e99,nan)\frx1e9\fay1e9}spin",
    "\u202e{" + r"\k-5\kf99999999" + "}" + "{\\b1}" * 2000,
)


def line(start: float, end: float, text: str) -> str:
    return f"Dialogue: 0,0:00:{start:05.2f},0:00:{end:05.2f},Default,,0,0,0,,{text}\n"


def document(folder: Path, *lines: str, seconds: object = 4, **more: object) -> Any:  # noqa: ANN401  # of JSON
    (folder / "lines.ass").write_text(HEAD + "".join(lines), encoding="utf-8")
    subtitles = [{"path": str(folder / "lines.ass")} | more]
    ground = video(plain("#000000", seconds))
    return timeline(ground, width=640, height=360, subtitles=subtitles)


def center(luma: Array) -> tuple[float, float]:
    ys, xs = np.nonzero(luma > 125)
    return float(xs.mean()) + 0.5, float(ys.mean()) + 0.5


def test_what_moves_is_where_its_time_says(render: Render, tmp_path: Path) -> None:
    drawn = line(1, 3, rf"{{\an7\move(100,50,500,150)\p1}}{SQUARE}")

    film = render(document(tmp_path, drawn))

    assert (film.frames[24][0] < 20).all()
    assert (film.frames[75][0] < 20).all()
    for frame, part in ((25, 0), (50, 0.5), (74, 0.98)):
        wanted = (120 + 400 * part, 70 + 100 * part)
        assert center(film.frames[frame][0]) == pytest.approx(wanted, abs=1.5)


def test_half_is_seen_through_and_keeps_its_colour(
    render: Render, tmp_path: Path
) -> None:
    drawn = line(0, 1, rf"{{\an7\pos(300,160)\c&H2080FF&\1a&H80&\p1}}{SQUARE}")
    made = document(tmp_path, drawn)
    made["tracks"] = [video(plain("#204060", 1))]

    film = render(made)

    assert close(film.color(0, 0.5, 0.5), (143, 96, 64), by=4)
    assert close(film.color(0, 0.2, 0.2), (32, 64, 96), by=3)


def test_karaoke_fills_word_by_word(render: Render, tmp_path: Path) -> None:
    film = render(document(tmp_path, line(0, 3, r"{\k100}WWWW{\k100}WWWW{\k100}WWWW")))

    whites = [float((film.rgb(at)[..., 1] > 150).sum()) for at in (10, 35, 60)]
    assert whites[1] == pytest.approx(2 * whites[0], rel=0.1)
    assert whites[2] == pytest.approx(3 * whites[0], rel=0.1)


def test_pieces_equal_the_whole(settings: Settings, tmp_path: Path) -> None:
    """A line that made room for one that is gone stays where it is."""
    made = document(
        tmp_path,
        line(0.2, 2, r"{\k40}Kara{\k60}oke"),
        line(0.6, 3.2, "stands above"),
        line(2.2, 3.6, r"{\t(0,900,\fs70)}below"),
        line(0.1, 3, r"{\move(50,50,500,90)}moves"),
        line(3.7, 3.9, "alone"),
    )
    cutter = Cutter(settings=settings)

    assert cutter.differing(made, [8, 31, 53, 62, 80]) == []
    assert cutter.whole is not None
    tops = [
        np.flatnonzero((each[0][200:] > 125).any(1))[0]
        for each in (cutter.whole.frames[40], cutter.whole.frames[52])
    ]
    assert tops[0] < 110, "the second stands above the first"


def test_an_offset_moves_lines_with_their_clock(render: Render, tmp_path: Path) -> None:
    drawn = line(1, 3, rf"{{\an7\move(100,50,500,150)\p1}}{SQUARE}")

    film = render(document(tmp_path, drawn, offset=-2))

    assert center(film.frames[0][0]) == pytest.approx((320, 120), abs=1.5)
    assert (film.frames[25][0] < 20).all()


def test_hostile_lines_are_drawn_or_ignored(render: Render, tmp_path: Path) -> None:
    lines = [line(0, 0.2, rf"{{\an7}}{text}") for text in HOSTILE]
    good = line(0.2, 0.4, rf"{{\an7\pos(300,160)\p1}}{SQUARE}")

    film = render(document(tmp_path, *lines, good, seconds="0.4"))

    assert len(film.frames) == 10
    assert center(film.frames[7][0]) == pytest.approx((320, 180), abs=1.5)


def test_fonts_and_pictures_that_a_file_brings_are_left_out(
    settings: Settings, tmp_path: Path
) -> None:
    made = document(tmp_path, line(0, 1, r"{\pos(9,9)}x"))
    path = tmp_path / "lines.ass"
    path.write_text(
        path.read_text() + "\n[Fonts]\nfontname: evil.ttf\n!!!!!!!!\n\n[Graphics]\n"
        "filename: a.png\n!!!!\n"
    )

    composition = Cutter(settings=settings).compose(made)

    source = composition.layers[-1].shots[0].source
    assert isinstance(source, Script)
    assert "evil" not in source.text
    assert "a.png" not in source.text

"""Text of any script comes out as text, on a machine without fonts of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from farm.kinds.scripts import fonts_for
from tests.integration.render.timelines import timeline, title, video

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Film

A_FRAME = "0.04"
TEXTS = {
    "arabic": "مرحبا بالعالم",
    "hebrew": "שלום עולם",
    "devanagari": "नमस्ते दुनिया",
    "thai": "สวัสดีชาวโลก",
    "tamil": "வணக்கம்",
    "chinese": "你好世界",
    "japanese": "こんにちは世界",
    "korean": "안녕하세요",
    "emoji": "😀🎬🐟",
    "cyrillic": "Привет, мир",
    "georgian": "გამარჯობა",
    "symbols": "★ ♫ → ✓",
}


def ink(film: Film, frame: int) -> int:
    return int((film.frames[frame][0] > 125).sum())


@pytest.mark.parametrize("script", TEXTS)
def test_letters_are_drawn_each_as_its_own(render: Render, script: str) -> None:
    is_emoji = script == "emoji"
    alone = sorted({each for each in TEXTS[script] if each.isalpha() or is_emoji})[:6]
    items = [title(TEXTS[script], A_FRAME, size=48)]
    items += [title(letter, A_FRAME, size=48) for letter in alone]

    film = render(timeline(video(*items), width=640, height=96))

    assert ink(film, 0) > 200
    drawn = {film.digests[1 + at] for at in range(len(alone))}
    assert len(drawn) == len(alone), "several letters look the same: boxes"


def test_arabic_letters_are_joined_and_run_to_the_left(render: Render) -> None:
    items = [title(text, A_FRAME, size=64) for text in ("ببب", "ب", "اب", "با")]

    film = render(timeline(video(*items), width=320, height=120))

    def parts(frame: int) -> int:
        columns = (film.frames[frame][0] > 125).any(0)
        return int(np.diff(columns.astype(int)).clip(0).sum())

    assert parts(0) == 1, "the letters stand apart"
    heights = []
    for frame in (2, 3):
        shown = film.frames[frame][0] > 125
        columns = np.flatnonzero(shown.any(0))
        left = shown[:, columns[0] : columns[0] + 8]
        heights.append(np.ptp(np.flatnonzero(left.any(1))))
    # alif is tall, beh is flat: read from the right, alif is first in اب
    assert heights[0] < heights[1]


def test_only_the_fonts_that_a_text_needs_are_given() -> None:
    assert fonts_for("Morning tide, Утро, Ωμέγα – “quoted” €") == set()
    assert fonts_for("שלום") == {"NotoSansHebrew[wght].ttf"}
    assert "NotoSansCJK-VF.otf.ttc" in fonts_for("世界")
    assert "NotoEmoji[wght].ttf" in fonts_for("🎬")

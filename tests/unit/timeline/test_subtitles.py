"""Subtitles of a timeline: read, checked, and laid onto frames."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pysubs2
import pytest

from farm.errors import InvalidOption, InvalidTimeline
from farm.timeline.composition import Script
from farm.timeline.load import load_timeline
from farm.timeline.place import place
from farm.timeline.subtitle_files import read_subtitles
from farm.timeline.subtitle_styles import STYLES
from farm.timeline.subtitles import find_look
from farm.timeline.timeline import FORMAT
from farm.timeline.title import TitleMedia

if TYPE_CHECKING:
    from pathlib import Path

    from farm.timeline.composition import Layer

#: Names that editors have for styles of subtitles.
NAMES = {
    "basic-white", "basic-yellow", "cinematic-elegant", "cinematic-bold",
    "stylized-neon", "stylized-retro", "minimal-clean", "minimal-background",
    "animated-typewriter", "animated-fade", "modern-sans", "modern-gradient",
}  # fmt: skip
SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Morning tide</i>

2
00:00:03,000 --> 00:00:04,000
First line
second {line} it's 100%: \\N
"""


def cue(start: object, end: object, text: str, **look: object) -> dict[str, Any]:
    return {"start": str(start), "end": str(end), "text": text, "look": look}


def document(
    *cues: dict[str, Any], seconds: int = 10, **more: object
) -> dict[str, Any]:
    ground = {
        "type": "clip",
        "media": {"type": "color"},
        "duration": seconds,
    }
    return {
        "format": FORMAT,
        "rate": 25,
        "width": 1280,
        "height": 540,
        "tracks": [{"kind": "video", "items": [ground]}],
        "subtitles": [{"cues": list(cues)} | more],
    }


def placed(
    document: dict[str, Any],
) -> tuple[list[tuple[int, int, str]], tuple[str, ...]]:
    """Return first and last frame and text of each title, and what is told."""
    found = place(load_timeline(document).timeline, {})
    layers = found.composition.layers
    return [*_texts(layers[1])] if len(layers) > 1 else [], found.warnings


def _texts(layer: Layer) -> list[tuple[int, int, str]]:
    shown = []
    for shot in layer.shots:
        source = getattr(shot.source, "title", shot.source)
        assert isinstance(source, TitleMedia)
        shown.append((shot.start, shot.end, source.text))
    return shown


def test_cues_are_titles_above_all_tracks() -> None:
    found, told = placed(document(cue(1, 2, "one"), cue("2.5", "3.02", "two")))

    assert found == [(25, 50, "one"), (63, 76, "two")]
    assert told == ()


def test_cues_at_the_same_time_are_read_together() -> None:
    found, _ = placed(
        document(cue(1, 4, "a"), cue(2, 3, "b"), cue(2, 5, "c"), cue(7, 8, "d"))
    )

    assert found == [
        (25, 50, "a"), (50, 75, "a\nb\nc"), (75, 100, "a\nc"), (100, 125, "c"),
        (175, 200, "d"),
    ]  # fmt: skip


def test_an_offset_moves_all_and_nothing_is_longer_than_the_rest() -> None:
    cues = [cue(0, 1, "a"), cue(4, 7, "b"), cue(9, 20, "c"), cue(15, 16, "d")]

    found, told = placed(document(*cues, offset=-2))

    assert found == [(50, 125, "b"), (175, 250, "c")]
    assert "2 of 4 cues lie outside the timeline" in told[0]


def test_subtitles_alone_are_a_timeline() -> None:
    made = document(cue(1, 2, "one")) | {"tracks": []}

    found = place(load_timeline(made).timeline, {})

    assert found.composition.frames == 50


def test_what_is_off_or_a_stream_is_not_burnt_in() -> None:
    assert placed(document(cue(1, 2, "one"), enabled=False))[0] == []
    assert placed(document(cue(1, 2, "one"), show="stream"))[0] == []


def test_the_styles_are_those_of_editors_and_scale_with_the_picture() -> None:
    assert set(STYLES) == NAMES
    assert len({style.model_dump_json() for style in STYLES.values()}) == len(NAMES)

    look = find_look("basic-white", {"color": "#ff0000"}, {"size": 30}, lines=540)

    assert (look.size, look.margin, look.outline, look.color) == (
        30,
        30,
        1.5,
        "#ff0000",
    )


def test_files_are_read_when_the_timeline_is(tmp_path: Path) -> None:
    (tmp_path / "en.srt").write_text(SRT)
    made = document(cue(0, 1, ""))
    made["subtitles"] = [{"path": "en.srt", "language": "en-GB"}]

    loaded = load_timeline(made, folder=tmp_path)

    (subtitles,) = loaded.timeline.subtitles
    assert subtitles.path is None
    assert subtitles.language == "eng"
    assert subtitles.cues is not None
    times = [(float(each.start), float(each.end)) for each in subtitles.cues]
    assert times == [(1, 2.5), (3, 4)]
    assert subtitles.cues[0].text == "Morning tide"
    assert subtitles.cues[0].look == {"italic": True}
    assert subtitles.cues[1].text.startswith("First line\nsecond {line} it's 100%:")
    assert loaded.warnings == ()


def test_styles_of_ass_are_kept_and_what_is_lost_is_told(tmp_path: Path) -> None:
    written = pysubs2.SSAFile()
    written.info |= {"PlayResX": "640", "PlayResY": "270"}
    written.styles["Loud"] = pysubs2.SSAStyle(
        fontname="Noto Sans",
        fontsize=20,
        primarycolor=pysubs2.Color(255, 255, 0),
        outlinecolor=pysubs2.Color(0, 0, 255),
        backcolor=pysubs2.Color(0, 0, 0, 128),
        bold=True,
        outline=2,
        shadow=1,
        alignment=pysubs2.Alignment.TOP_CENTER,
        marginv=15,
    )
    for start, text in ((1, "Hello"), (3, r"{\an1\move(0,0,10,10)}There")):
        written.append(
            pysubs2.SSAEvent(
                start=start * 1000, end=start * 1000 + 500, style="Loud", text=text
            )
        )
    written.save(str(tmp_path / "a.ass"))
    made = document(cue(0, 1, ""))
    made["subtitles"] = [{"path": str(tmp_path / "a.ass"), "show": "stream"}]

    loaded = load_timeline(made)

    cues = loaded.timeline.subtitles[0].cues
    assert cues is not None
    assert cues[0].look == {
        "font": "Noto Sans", "size": 40, "weight": 700, "italic": False,
        "color": "#ffff00", "opacity": 1, "spacing": 0, "align": "top", "margin": 30,
        "outline": 4, "outline_color": "#0000ff", "shadow_x": 2, "shadow_y": 2,
        "shadow_color": "#000000", "shadow_opacity": pytest.approx(0.498),
    }  # fmt: skip
    assert cues[1].look["align"] == "bottom-left"
    assert "styling within 1 of 2 cues is not shown" in loaded.warnings[0]


def test_ass_whose_lines_move_is_burnt_in_as_it_is(tmp_path: Path) -> None:
    written = pysubs2.SSAFile()
    for start, text in ((1, r"{\move(0,0,10,10)}There"), (1, "{note}"), (4, "Late")):
        written.append(
            pysubs2.SSAEvent(start=start * 1000, end=start * 1000 + 500, text=text)
        )
    written.events[1].type = "Comment"
    written.save(str(tmp_path / "a.ass"))
    made = document(cue(0, 1, ""))
    made["subtitles"] = [{"path": str(tmp_path / "a.ass"), "offset": "0.02"}]

    loaded = load_timeline(made)
    found = place(loaded.timeline, {})

    assert (loaded.warnings, found.warnings) == ((), ())
    again = load_timeline(loaded.timeline.model_dump(mode="json")).timeline
    assert place(again, {}).composition == found.composition
    first, last = found.composition.layers[1].shots
    assert (first.start, first.end, last.start, last.end) == (26, 38, 101, 113)
    assert isinstance(first.source, Script)
    assert first.source_start == first.source.start == Fraction(102, 100)
    assert "There" in first.source.text
    assert "note" not in first.source.text
    assert "Late" not in first.source.text


@pytest.mark.parametrize("script", ["x", "[Script Info]\n\n[Events]\n"])
def test_a_script_without_lines_is_refused(script: str) -> None:
    made = document(cue(0, 1, ""))
    made["subtitles"] = [{"script": script}]

    with pytest.raises(InvalidTimeline, match=r"subtitles\[0\].script.*ASS"):
        place(load_timeline(made).timeline, {})


@pytest.mark.parametrize(
    ("subtitles", "path", "says"),
    [
        ({}, "subtitles[0]", "needs either the path of a file or cues"),
        ({"cues": [], "path": "a"}, "subtitles[0]", "needs either the path"),
        ({"cues": [cue(2, 1, "x")]}, "subtitles[0].cues[0]", "ends before it starts"),
        ({"cues": [cue(1, 2, "")]}, "subtitles[0].cues[0].text", "not be empty"),
        ({"cues": [], "style": "basic-wite"}, "subtitles[0].style", "basic-white"),
        ({"cues": [], "look": {"size": -1}}, "subtitles[0]", "look.size: "),
        ({"cues": [], "look": {"colour": 1}}, "subtitles[0]", "look.colour: "),
        ({"cues": [cue(1, 2, "x", color="red")]}, "subtitles[0]", "cues[0].look.color"),
        ({"cues": [], "language": "English"}, "subtitles[0].language", "ISO 639"),
        ({"path": "/nowhere/a.srt"}, "subtitles[0].path", "No such file"),
        ({"cues": [], "shown": 1}, "subtitles[0].shown", "show"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    subtitles: dict[str, Any], path: str, says: str
) -> None:
    made = document(cue(0, 1, "x"))
    made["subtitles"] = [subtitles]

    with pytest.raises(InvalidTimeline) as caught:
        load_timeline(made)

    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    assert problems[0].startswith(f"{path}: ")
    assert says in problems[0]


def test_subtitles_are_no_object() -> None:
    with pytest.raises(InvalidOption, match=r"s3://media/a\.srt is an object"):
        read_subtitles("s3://media/a.srt")

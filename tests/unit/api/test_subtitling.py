"""Subtitles beside a film, and from a file into a render."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pysubs2
import pytest

from farm.api.source import read_timeline
from farm.api.subtitling import add_subtitles, read_subtitle_file, write_subtitles
from farm.errors import InvalidOption
from farm.timeline.timeline import FORMAT

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "It's <5%> & {braces}\n\n\\N second"
SRT = "1\n00:00:01,000 --> 00:00:02,500\nMorning tide\n"
MOVING = r"{\move(1,2,3,4)}Moves{\i1} on"


def document(*subtitles: dict[str, Any], **more: object) -> dict[str, Any]:
    ground = {"type": "clip", "media": {"type": "color"}, "duration": 9}
    return {
        "format": FORMAT,
        "width": 1280,
        "height": 720,
        "tracks": [{"kind": "video", "items": [ground]}],
        "subtitles": list(subtitles),
        **more,
    }


def cues(*texts: str, **more: object) -> dict[str, Any]:
    found = [
        {"start": f"{at}.1", "end": f"{at}.9005", "text": text}
        for at, text in enumerate(texts)
    ]
    return {"cues": found, **more}


def written(tmp_path: Path, name: str, made: dict[str, Any], **options: Any) -> str:  # noqa: ANN401
    assert write_subtitles(made, tmp_path / name, **options) == ()
    assert [each.name for each in tmp_path.iterdir() if ".part" in each.name] == []
    return (tmp_path / name).read_text(encoding="utf-8")


def test_subrip_is_plain_text_and_no_empty_line_ends_it(tmp_path: Path) -> None:
    text = written(tmp_path, "a.srt", document(cues("One", TEXT)))

    assert text == (
        "1\n00:00:00,100 --> 00:00:00,900\nOne\n\n"
        "2\n00:00:01,100 --> 00:00:01,900\nIt's <5%> & {braces}\n\\N second\n"
    )


def test_webvtt_escapes_what_it_takes_for_tags(tmp_path: Path) -> None:
    text = written(tmp_path, "a.vtt", document(cues(TEXT, offset=3600)))

    assert text == (
        "WEBVTT\n\n01:00:00.100 --> 01:00:00.900\n"
        "It's &lt;5%&gt; &amp; {braces}\n\\N second\n"
    )


def test_ass_keeps_looks_and_shows_braces_as_text(tmp_path: Path) -> None:
    made = cues("One", TEXT, style="minimal-background", look={"color": "#ff0000"})
    made["cues"][1]["look"] = {"weight": 800}
    found = pysubs2.SSAFile.from_string(
        written(tmp_path, "a.ass", document(made)), format_="ass"
    )

    first, second = found.events
    assert (first.start, first.end, first.text) == (100, 900, "One")
    assert found.info["PlayResY"] == "720"
    style = found.styles[first.style]
    assert (style.primarycolor.r, style.primarycolor.g) == (255, 0)
    assert style.borderstyle == 3
    assert style.fontsize == pytest.approx(46 * 720 / 1080, 0.01)
    assert found.styles[second.style].bold
    assert second.text.startswith("It's <5%> & \\{braces}\\N\\N")


def test_a_document_of_ass_stays_as_it_is(tmp_path: Path) -> None:
    moving = pysubs2.SSAFile()
    moving.append(pysubs2.SSAEvent(start=1000, end=2000, text=MOVING))
    moving.save(str(tmp_path / "in.ass"))
    made = document({"path": str(tmp_path / "in.ass"), "offset": 2})

    again = pysubs2.SSAFile.from_string(written(tmp_path, "out.ass", made))
    plain = written(tmp_path, "out.srt", made)

    assert [(e.start, e.end, e.text) for e in again] == [(3000, 4000, MOVING)]
    assert plain == "1\n00:00:03,000 --> 00:00:04,000\nMoves on\n"


def test_titles_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    made = document()
    title = {"type": "clip", "media": {"type": "title", "text": "Head"}, "duration": 2}
    made["tracks"].append({"kind": "video", "items": [title | {"start": 1}]})

    text = written(tmp_path, "a.srt", made, titles=True)

    assert text == "1\n00:00:01,000 --> 00:00:03,000\nHead\n"


def test_of_several_the_language_says_which(tmp_path: Path) -> None:
    made = document(cues("One", language="en"), cues("Eins", language="de"))

    assert "Eins" in written(tmp_path, "a.srt", made, language="de")
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "there are 2 subtitles: say the language (eng, deu)"),
        ({"language": "fr"}, "there are no subtitles in fr; there is: eng, deu"),
        ({"language": "?"}, "'?' is no language"),
    )
    for options, told in cases:
        with pytest.raises(InvalidOption) as raised:
            write_subtitles(made, tmp_path / "b.srt", **options)
        assert told in str(raised.value)


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    for made, name, told in (
        (document(cues("x")), "a.sub", "subtitles are written as *.srt, *.vtt, *.ass"),
        (document(), "a.srt", "the timeline has no subtitles"),
        (document(cues("x", offset=-5)), "a.srt", "no cue is on the timeline"),
        (document(cues("x")), "no/a.srt", "cannot be written: No such file"),
    ):
        with pytest.raises(InvalidOption) as raised:
            write_subtitles(made, tmp_path / name)
        assert told in str(raised.value)


def test_a_file_is_added_to_the_timeline_of_a_render(tmp_path: Path) -> None:
    (tmp_path / "film.en.srt").write_text(SRT)
    loaded = read_timeline(document(cues("One")))

    more = read_subtitle_file(tmp_path / "film.en.srt", "basic-yellow", "stream")
    added = add_subtitles(loaded, more).timeline.subtitles

    assert len(added) == 2
    assert (added[1].language, added[1].style, added[1].show) == (
        "eng", "basic-yellow", "stream",
    )  # fmt: skip
    assert [each.text for each in added[1].cues or ()] == ["Morning tide"]
    assert add_subtitles(loaded, read_subtitle_file(None, None, "burn")) == loaded


def test_wrong_usage_is_said_at_once(tmp_path: Path) -> None:
    good, bad = tmp_path / "a.srt", tmp_path / "b.srt"
    good.write_text(SRT)
    bad.write_text("nothing")
    for arguments, told in (
        ((tmp_path / "c.srt", None, "burn"), "cannot be read"),
        ((bad, None, "burn"), "holds no subtitles"),
        ((good, "basic-wite", "burn"), "there is no style 'basic-wite'"),
        ((good, None, "print"), "subtitles_as is burn or stream, not 'print'"),
        ((None, "basic-white", "burn"), "needs a file of them"),
    ):
        with pytest.raises(InvalidOption) as raised:
            read_subtitle_file(*arguments)
        assert told in str(raised.value)

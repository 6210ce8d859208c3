"""What MLT limits to a time is seen in that time, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.timeline.load import load_timeline
from farm.timeline.save import to_document

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Film

_HEAD = """<mlt><profile width="320" height="180" frame_rate_num="25"
frame_rate_den="1" sample_aspect_num="1" sample_aspect_den="1"/>
<producer id="green" out="9"><property name="mlt_service">color</property>
<property name="resource">0x40c040ff</property></producer>
<producer id="white" out="9"><property name="mlt_service">color</property>
<property name="resource">0xffffffff</property></producer>"""
_SMALL = '<property name="rect">0=80 45 160 90 1</property>'
_FILTERS = f"""{_HEAD}<playlist id="cut"><entry producer="green"/>
<entry producer="white"/></playlist><tractor><track producer="cut"/>
<filter in="8" out="11"><property name="mlt_service">qtblend</property>{_SMALL}</filter>
<filter in="14" out="18"><property name="mlt_service">brightness</property>
<property name="kdenlive_id">fade_from_black</property></filter></tractor></mlt>"""
_TRANSITIONS = f"""{_HEAD}<tractor><track producer="green"/><track producer="white"/>
<transition in="2" out="3" a_track="0" b_track="1">
<property name="mlt_service">qtblend</property>{_SMALL}</transition>
<transition in="6" out="7" a_track="0" b_track="1">
<property name="mlt_service">qtblend</property>{_SMALL}</transition></tractor></mlt>"""


def _film(folder: Path, text: str, render: Render) -> Film:
    file = folder / "edit.mlt"
    file.write_text(text)
    return render(to_document(load_timeline(file).timeline))


def _is_dark(film: Film, frame: int) -> bool:
    """Whether the corner of a frame is."""
    return max(film.color(frame, 0.1, 0.1)) < 20


def test_filters_of_a_track_change_its_frames_in_their_zones(
    tmp_path: Path, render: Render
) -> None:
    film = _film(tmp_path, _FILTERS, render)

    dark = [frame for frame in range(20) if _is_dark(film, frame)]
    assert dark == [8, 9, 10, 11, 14]
    assert min(film.color(11)) > 240
    levels = [film.color(frame)[1] for frame in range(13, 20)]
    assert levels[1:6] == sorted(levels[1:6])
    assert levels[0] > 240
    assert levels[1] < 20
    assert 110 < levels[3] < 145
    assert min(levels[5:]) > 240


def test_transitions_place_what_they_lay_over_in_their_times(
    tmp_path: Path, render: Render
) -> None:
    film = _film(tmp_path, _TRANSITIONS, render)

    for frame in range(10):
        is_small = frame in {2, 3, 6, 7}
        corner = film.color(frame, 0.1, 0.1)
        assert (corner[0] < 80) == is_small, frame
        assert min(film.color(frame)) > 240
        if is_small:  # and not smaller still
            assert min(film.color(frame, 0.28, 0.5)) > 240

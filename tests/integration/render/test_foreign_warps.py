"""What editors' files play backwards, held or by timecode shows the right frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from farm.timeline.load import load_timeline
from farm.timeline.save import to_document
from tests.integration.render.media import HEIGHT, WIDTH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

_EDL = """TITLE: cut
FCM: NON-DROP FRAME
001  AX V C 01:00:01:05 01:00:01:10 00:00:00:00 00:00:00:05
* FROM CLIP NAME: {path}
002  AX V C 01:00:02:00 01:00:02:01 00:00:00:05 00:00:00:08
M2   AX       000.0                01:00:02:00
* FROM CLIP NAME: {path}
003  AX V C 01:00:00:00 01:00:00:24 00:00:00:08 00:00:00:20
M2   AX       050.0                01:00:00:00
* FROM CLIP NAME: {path}
"""
_MLT = """<mlt><profile width="640" height="360" frame_rate_num="25" frame_rate_den="1"
sample_aspect_num="1" sample_aspect_den="1"/>
<producer id="b" in="0" out="49"><property name="length">50</property>
<property name="mlt_service">timewarp</property>
<property name="resource">-2:{path}</property></producer>
<playlist><entry producer="b" in="10" out="14"/></playlist></mlt>"""
_FCPXML = """<fcpxml version="1.11"><resources>
<format id="f" frameDuration="1/25s" width="640" height="360"/>
<asset id="a" start="3600s" duration="4s" hasVideo="1" src="file://{path}"/></resources>
<project name="p"><sequence format="f"><spine>
<asset-clip ref="a" offset="0s" start="0s" duration="12/25s"><timeMap>
<timept time="0s" value="3601s"/><timept time="4/25s" value="90033/25s"/>
<timept time="8/25s" value="90033/25s"/><timept time="12/25s" value="90029/25s"/>
</timeMap></asset-clip></spine></sequence></project></fcpxml>"""


def frames(folder: Path, name: str, text: str, film: Path, render: Render) -> list[int]:
    """Return the numbers of the frames that a file shows of a film."""
    file = folder / name
    file.write_text(text.format(path=film))
    document: dict[str, Any] = to_document(load_timeline(file).timeline)
    shown = render(document | {"width": WIDTH, "height": HEIGHT})
    return [number for _, number in shown.numbers()]


def test_an_edl_counts_by_the_timecode_of_its_films(
    tmp_path: Path, media: MediaFolder, render: Render
) -> None:
    film = media.numbered(
        "25", codec="h264", extra=("-timecode", "01:00:00:00"), tag="-tc"
    )

    assert frames(tmp_path, "cut.edl", _EDL, film, render) == [
        *range(30, 35), 50, 50, 50, *range(0, 24, 2)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        # of 50 frames at twice the speed the frame 10 shows 2 * (49 - 10)
        ("a.mlt", _MLT, [78, 76, 74, 72, 70]),
        # frames 25 to 33 in four, then 33 held, then back, each frame once
        ("a.fcpxml", _FCPXML, [25, 27, 29, 31, 33, 33, 33, 33, 32, 31, 30, 29]),
    ],
)
def test_backwards_and_held(
    name: str, text: str, expected: list[int], tmp_path: Path, media: MediaFolder,
    render: Render,
) -> None:  # fmt: skip
    film = media.numbered("25")

    assert frames(tmp_path, name, text, film, render) == expected

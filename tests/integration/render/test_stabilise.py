"""A camera held in the hand stands steadier, the same in pieces as in one."""

from __future__ import annotations

import itertools
import random
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from farm.ffmpeg.locate import find_ffmpeg
from farm.jobs.table import JobTable
from farm.settings import Settings
from tests.here import Done, frame_here, render_here
from tests.integration.render.measure import decode
from tests.integration.render.timelines import change, clip, still, title, video
from tests.integration.render.timelines import timeline as small_timeline

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.conftest import Render
    from tests.integration.render.measure import Array, Film
    from tests.integration.render.timelines import Json

SIZE = (320, 192)
FRAMES = 50
STEADY: Json = {"name": "stabilise"}
#: Everything that decides which frames of a film are seen, and more.
SHOWN: dict[str, Json] = {
    "plain": {},
    "fast": {"speed": "1.5"},
    "backwards": {"reverse": True},
    "cropped": {"crop": {"left": 20, "top": 10, "right": 6, "bottom": 2}},
    "filled": {"fit": "fill", "crop": {"left": 100}},
}


def write_choice(values: list[int]) -> str:
    """Write the value of each frame as an expression of FFmpeg."""
    text = str(values[-1])
    for at in range(len(values) - 2, -1, -1):
        text = f"if(lte(n,{at}),{values[at]},{text})"
    return text


@pytest.fixture(scope="module")
def shaky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a detailed picture, panned slowly by a hand that trembles and turns."""
    folder = tmp_path_factory.mktemp("shaky")
    dice = random.Random(7)  # noqa: S311  # no secret
    places = [
        [60 + at * step + dice.randint(-12, 12) for at in range(FRAMES)]
        for step in (1, 0)
    ]
    x, y = (write_choice(values) for values in places)
    turn = "0.012*sin(n*2.3)"
    graph = (
        f"mandelbrot=s=560x400:rate=25:maxiter=400,trim=end_frame=1,"
        f"loop=-1:1,setpts=N/25/TB,trim=end_frame={FRAMES},"
        f"rotate={turn}:c=gray,crop={SIZE[0]}:{SIZE[1]}:x='{x}':y='{y}':exact=1,"
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    )
    written = folder / "graph.txt"
    written.write_text(graph, encoding="ascii")
    made = folder / "shaky.mp4"
    subprocess.run(
        [
            *(find_ffmpeg(Settings()), "-v", "error", "-/filter_complex", written),
            *("-c:v", "libx264", "-qp", "12", "-threads", "1", made),
        ],
        check=True,
    )
    return made


def timeline(*tracks: Json) -> Json:
    return small_timeline(*tracks, width=SIZE[0], height=SIZE[1])


def steps(film: Film) -> Array:
    """Return how far right and down the middle came from each frame to the next."""
    window = np.outer(np.hanning(144), np.hanning(240))
    spectra = [
        np.fft.fft2(
            (luma := frame[0][24:168, 40:280].astype(float)) * window
            - luma.mean() * window
        )
        for frame in film.frames
    ]
    found = []
    for one, other in itertools.pairwise(spectra):
        cross = other * one.conj()
        peaks = np.fft.ifft2(cross / (np.abs(cross) + 1e-9)).real
        down, right = np.unravel_index(int(peaks.argmax()), peaks.shape)
        found.append(
            [
                (at + side // 2) % side - side // 2
                for at, side in ((right, 240), (down, 144))
            ]
        )
    return np.array(found, dtype=float)


def unrest(film: Film) -> float:
    """Return by how many pixels steps differ from a steady pan (root mean square)."""
    found = steps(film)
    return float(np.sqrt(((found - np.median(found, axis=0)) ** 2).sum(axis=1).mean()))


def test_a_trembling_camera_stands_steadier(shaky: Path, render: Render) -> None:
    before = render(timeline(video(clip(shaky))))
    after = render(timeline(video(clip(shaky, effects=[STEADY]))))

    assert unrest(before) > 10
    assert unrest(after) < 0.15 * unrest(before)
    assert len(after.frames) == FRAMES
    # the pan is still there: the hand went a pixel to the right in each frame
    assert np.median(steps(after), axis=0) == pytest.approx([-1, 0], abs=1)


def test_what_lies_beyond_the_edges_is_not_seen(shaky: Path, render: Render) -> None:
    def darkest(film: Film) -> int:
        edges = [
            side
            for frame in film.frames
            for side in (frame[0][0], frame[0][-1], frame[0][:, 0], frame[0][:, -1])
        ]
        # a row of black, and not the dark half that was there before
        return min(int(np.quantile(side, 0.7)) for side in edges)

    filled = render(timeline(video(clip(shaky, effects=[STEADY]))))
    bare = {**STEADY, "parameters": {"fill": False}}
    seen = render(timeline(video(clip(shaky, effects=[bare]))))

    assert darkest(filled) > 90
    assert darkest(seen) < 45


@pytest.mark.parametrize(
    "name",
    [
        name if name == "plain" else pytest.param(name, marks=pytest.mark.slow)
        for name in SHOWN
    ],
)
def test_pieces_equal_the_whole(name: str, shaky: Path, render: Render) -> None:
    more = SHOWN[name]
    document = timeline(video(clip(shaky, "0.2", "1.6", effects=[STEADY], **more)))

    whole = render(document)
    pieces = render(document, segments="0.4")
    unchanged = render(timeline(video(clip(shaky, "0.2", "1.6", **more))))

    assert whole.digests == pieces.digests
    assert whole.digests != unchanged.digests


@pytest.mark.slow
def test_pieces_of_what_is_mixed_equal_the_whole(shaky: Path, render: Render) -> None:
    """With transitions, a ramp, and effects that look at other frames or end."""
    ramp = [{"time": 0, "value": 0.6}, {"time": 1, "value": 1.4}]
    blurred = {"name": "motion_blur", "parameters": {"frames": 5}}
    a_while = {**STEADY, "start": "0.24", "end": "0.72"}
    document = timeline(
        video(
            clip(shaky, "0.2", "0.8", effects=[blurred, STEADY]),
            change("0.24"),
            clip(shaky, "0.6", "1", effects=[STEADY], opacity=0.8),
            clip(shaky, duration="1", effects=[STEADY], ramp=ramp),
            clip(shaky, "0.4", "1", effects=[a_while]),
        )
    )

    whole = render(document)
    pieces = render(document, segments="0.32")

    assert whole.digests == pieces.digests


def test_a_neutral_value_leaves_the_clip(shaky: Path, render: Render) -> None:
    use = {**STEADY, "parameters": {"smoothing": 0, "zoom": 10}}
    length = "0.4"

    one = render(timeline(video(clip(shaky, "0", length, effects=[use]))))
    other = render(timeline(video(clip(shaky, "0", length))))

    assert one.digests == other.digests


def test_pictures_stay_as_they_are(tmp_path: Path, shaky: Path, render: Render) -> None:
    picture = tmp_path / "one.png"
    subprocess.run(
        [
            find_ffmpeg(Settings()),
            "-v",
            "error",
            "-i",
            shaky,
            "-frames:v",
            "1",
            picture,
        ],
        check=True,
    )

    one = render(timeline(video(still(picture, "0.12", effects=[STEADY]))))
    other = render(timeline(video(still(picture, "0.12"))))

    assert one.digests == other.digests


def test_the_camera_is_looked_at_once(shaky: Path, settings: Settings) -> None:
    """However many pieces it is cut in, and whatever is written over it later."""

    def film(words: str, **parameters: Any) -> Json:  # noqa: ANN401
        use = {**STEADY, "parameters": parameters}
        words_track = video(title(words, "0.4", size=20))
        return timeline(video(clip(shaky, "0", "0.8", effects=[use])), words_track)

    def looks(done: Any) -> list[bool]:  # noqa: ANN401
        return [
            "reused_from" in result
            for name, result in done.results.items()
            if name.startswith("stabilise")
        ]

    with closing(JobTable.open(settings.database)) as table:

        def rendered(document: Json, segments: str = "0.4") -> Done:
            return render_here(
                document, settings=settings, table=table, segments=segments
            )

        first = rendered(film("one"))
        caption = rendered(film("two"))
        smoother = rendered(film("two", smoothing=30), "auto")
        closer = rendered(film("two", shakiness=8), "auto")

    assert [looks(done) for done in (first, caption, smoother, closer)] == [
        [False], [True], [True], [False],
    ]  # fmt: skip
    assert len(caption.segments(reused=True)) == 1
    cold = render_here(film("two"), settings=settings, segments="off")
    assert decode(cold.file).digests == decode(caption.file).digests


def test_one_frame_is_that_of_the_render(shaky: Path, settings: Settings) -> None:
    document = timeline(video(clip(shaky, "0.2", "1.2", effects=[STEADY])))
    film = decode(render_here(document, settings=settings).file)

    shown = decode(frame_here(document, "0.8", settings=settings).file)

    difference = np.abs(film.rgb(20) - shown.stored_rgb.astype(float))
    assert np.median(difference) < 3

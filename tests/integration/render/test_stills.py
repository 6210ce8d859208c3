"""Pictures, colours, and what is transparent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.integration.render.measure import close
from tests.integration.render.timelines import clip, plain, still, timeline, video

if TYPE_CHECKING:
    from tests.integration.render.conftest import Render
    from tests.integration.render.media import MediaFolder

COLORS = ("#ff0000", "#00ff00", "#0000ff", "#ffffff", "#000000", "#808080", "#c86432")


_HOW_STORED: tuple[dict[str, Any], ...] = (
    {},
    {"matrix": "smpte170m"},
    {"limits": "pc"},
    {"matrix": "smpte170m", "limits": "pc"},
    {"is_tagged": False},
)


def levels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def test_colours_come_out_as_they_went_in(media: MediaFolder, render: Render) -> None:
    """Drawn, in a picture file, and in films of either matrix and range."""
    drawn = [plain(color, "0.04") for color in COLORS]
    stills = [
        still(
            media.still(f"{c[1:]}.png", f"color=0x{c[1:]}:s=64x64,format=rgb24"),
            "0.04",
            fit="stretch",
        )
        for c in COLORS
    ]
    parts = [(f"0x{color[1:]}", 1) for color in COLORS]
    films = [
        media.colors(parts, size=(256, 720), pix_fmt="yuv444p", **how)
        for how in _HOW_STORED
    ]
    films.append(
        media.colors(parts, pix_fmt="yuv444p", matrix="smpte170m", is_tagged=False)
    )
    shots = [*drawn, *stills]
    for film in films:
        shots += [
            clip(film, at * 0.04, "0.04", fit="stretch") for at in range(len(COLORS))
        ]
    found = render(timeline(video(*shots)))

    wrong = {
        (at // len(COLORS), COLORS[at % len(COLORS)]): found.color(at)
        for at in range(len(shots))
        if not close(found.color(at), levels(COLORS[at % len(COLORS)]), by=2)
    }
    assert not wrong
    # limited range, BT.709 throughout
    assert found.tags == (1, 1, 1, 1)


def test_a_still_is_shown_for_its_time(media: MediaFolder, render: Render) -> None:
    picture = media.still("quarters.png", "testsrc2=s=160x96,format=rgb24")

    film = render(timeline(video(still(picture, 2), plain("#ff0000", "0.2"))))

    assert len(film.frames) == 55
    assert len(set(film.digests[:50])) == 1
    assert close(film.color(50), (255, 0, 0))


@pytest.mark.parametrize("name", ["hole.png", "hole.webp", "hole.tiff", "hole.gif"])
def test_what_is_transparent_shows_what_lies_below(
    name: str, media: MediaFolder, render: Render
) -> None:
    graph = (
        "color=0xffffff:s=160x96,format=rgba,"
        "geq=r=255:g=255:b=255:a='if(lt(X,80),255,0)'"
    )
    if name.endswith(".gif"):
        graph += ",trim=end_frame=1,split[a][b];[a]palettegen[p];[b][p]paletteuse"
    picture = media.still(name, graph)

    film = render(
        timeline(video(plain("#0000ff", "0.2")), video(still(picture, "0.2")))
    )

    assert close(film.color(2, 0.25), (255, 255, 255))
    assert close(film.color(2, 0.75), (0, 0, 255))


def test_half_transparent_pixels_mix(media: MediaFolder, render: Render) -> None:
    picture = media.still("half.png", "color=0xffffff@0.5:s=160x96,format=rgba")
    film = render(
        timeline(video(plain("#000000", "0.08")), video(still(picture, "0.08")))
    )

    assert close(film.color(1), (128, 128, 128))


@pytest.mark.parametrize("codec", ["qtrle", "png", "prores", "vp9", "vp8"])
def test_films_with_transparency_show_what_lies_below(
    codec: str, media: MediaFolder, render: Render
) -> None:
    suffix, options = {
        "qtrle": (".mov", ("-c:v", "qtrle", "-pix_fmt", "argb")),
        "png": (".mov", ("-c:v", "png", "-pix_fmt", "rgba")),
        "prores": (".mov", ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le")),  # noqa: E501
        "vp9": (".webm", ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-b:v", "2M", "-auto-alt-ref", "0")),  # noqa: E501
        "vp8": (".webm", ("-c:v", "libvpx", "-pix_fmt", "yuva420p", "-b:v", "2M", "-auto-alt-ref", "0")),  # noqa: E501
    }[codec]  # fmt: skip
    alpha = "geq=r=255:g=0:b=0:a='if(lt(X,80),255,0)'"
    source = media.make(
        f"alpha-{codec}{suffix}",
        *("-f", "lavfi", "-i", f"color=s=160x96:r=25:d=1,format=rgba,{alpha}"),
        *options,
    )

    film = render(
        timeline(video(plain("#0000ff", 1)), video(clip(source, "0.4", "0.4")))
    )

    assert close(film.color(5, 0.25), (255, 0, 0), by=6)
    assert close(film.color(5, 0.75), (0, 0, 255))
    assert close(film.color(15, 0.25), (0, 0, 255))


def test_a_still_of_odd_size_fills_its_part(media: MediaFolder, render: Render) -> None:
    picture = media.still("odd.png", "color=0xffffff:s=161x97,format=rgb24")

    film = render(
        timeline(
            video(
                still(picture, "0.04"),
                still(picture, "0.04", fit="none"),
                still(picture, "0.04", crop={"left": 1, "top": 1}, fit="none"),
            ),
            width=200,
            height=120,
        )
    )

    assert film.edges(0) == pytest.approx((1, 0, 199, 120), abs=2)
    assert film.edges(1) == pytest.approx((20, 12, 180, 108), abs=2)
    assert film.edges(2) == pytest.approx((20, 12, 180, 108), abs=2)


def test_the_density_of_a_still_does_not_stretch_it(
    media: MediaFolder, render: Render
) -> None:
    """Dots an inch are for printers; 2:1 stays 2:1."""
    source = media.folder / "dense.png"
    Image.new("RGB", (80, 40), "#ffffff").save(source, dpi=(144, 72))

    film = render(timeline(video(still(source, "0.04"))))

    left, top, right, bottom = film.edges(0)
    assert (right - left, bottom - top) == (160, 80)


@pytest.mark.parametrize("kind", ["ebu", "full"])
def test_bars_of_one_row_have_their_colours(kind: str, render: Render) -> None:
    """White, yellow, cyan, green, magenta, red, blue, black; all but white of 75 %."""
    bars = {"type": "clip", "media": {"type": "bars", "kind": kind}, "duration": "0.08"}
    found = render(timeline(video(bars)))

    level = 191 if kind == "ebu" else 255
    parts = [(1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1)]
    wanted = [(level * r, level * g, level * b) for r, g, b in [*parts, (0, 0, 0)]]
    seen = [found.color(1, (2 * bar + 3) / 16, 0.9) for bar in range(7)]
    assert all(close(*pair) for pair in zip(seen, wanted, strict=True)), seen


@pytest.mark.parametrize("kind", ["smpte", "smpte_hd"])
def test_bars_have_their_colours(kind: str, render: Render) -> None:
    """Of 75 %: grey, yellow, cyan, green, magenta, red, blue."""
    bars = {"type": "clip", "media": {"type": "bars", "kind": kind}, "duration": "0.08"}
    found = render(timeline(video(bars)))

    edge = 0 if kind == "smpte" else 1 / 8
    places = [edge + (2 * bar + 1) * (1 - 2 * edge) / 14 for bar in range(7)]
    seen = [found.color(at, x, 0.25) for at in (0, 1) for x in places]
    parts = [(1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0)]
    wanted = [(191 * r, 191 * g, 191 * b) for r, g, b in [*parts, (0, 0, 1)]]
    assert all(close(*pair) for pair in zip(seen, wanted * 2, strict=True)), seen

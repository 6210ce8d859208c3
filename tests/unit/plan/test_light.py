"""What an HDR render tells of its light."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from farm.plan.light import Lit, tell_light
from farm.presets.catalog import find_preset
from farm.timeline.document import load_document
from farm.timeline.media import Light
from farm.timeline.place import place
from tests.factories import make_media_facts, make_video_facts

P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.3127, 0.329))
BT2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), (0.3127, 0.3290))
BT709 = ((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), (0.3127, 0.329))


def light(**told: Any) -> Light:  # noqa: ANN401
    usual = {"primaries": P3, "min_luminance": 0.005, "max_luminance": 1000.0}
    return Light(**{**usual, **told})


def told(
    *films: tuple[str, Light | None], name: str = "hevc-hdr10", effect: str = "flip"
) -> Lit:
    """Return what a second of each film makes a preset tell; `sdr` is a plain one."""
    facts, items = {}, []
    for number, (transfer, lit) in enumerate(films):
        path = f"/film-{number}.mp4"
        is_hdr = transfer != "sdr"
        known: dict[str, Any] = {"light": lit}
        if is_hdr:
            known |= {"color_transfer": transfer, "is_hdr": True}
        facts[path] = make_media_facts(path, video=(make_video_facts(**known),))
        media = {"type": "file", "path": path}
        second = {"start": 0, "duration": 1}
        clip = {"type": "clip", "media": media, "source_range": second}
        items.append({**clip, "effects": [{"name": effect}]})
    document = {
        "format": "farm-timeline/1", "rate": "25", "width": 640, "height": 360,
        "tracks": [{"kind": "video", "items": items}],
    }  # fmt: skip
    composition = place(load_document(document, folder=Path("/")), facts).composition
    return tell_light(find_preset(name), composition, 0, composition.frames)


def light_of(
    *films: tuple[str, Light | None], name: str = "hevc-hdr10"
) -> Light | None:
    return told(*films, name=name).preset.video.light


PQ, HLG = "smpte2084", "arib-std-b67"


def test_one_film_is_told_as_it_is() -> None:
    full = light(max_content_light=900, max_frame_light=300)

    assert light_of((PQ, full)) == full


def test_displays_are_united() -> None:
    one = light(max_luminance=4000.0)
    other = light(primaries=BT709, min_luminance=0.0001)

    assert light_of((PQ, one), (PQ, other)) == light(
        primaries=BT2020, min_luminance=0.0001, max_luminance=4000.0
    )


def test_levels_are_the_highest_and_at_least_white_beside_sdr() -> None:
    dim = light(max_content_light=150, max_frame_light=80)
    bright = light(max_content_light=900)

    assert light_of((PQ, dim)) == dim
    beside = light_of((PQ, dim), ("sdr", None))
    assert beside == light(max_content_light=203, max_frame_light=203)
    assert light_of((PQ, dim), (PQ, bright)) == bright


def test_what_one_film_does_not_tell_is_not_told() -> None:
    full = light(max_content_light=900, max_frame_light=300)

    assert light_of((PQ, full), (PQ, None)) is None
    assert light_of((PQ, full), (HLG, None)) is None
    assert light_of((PQ, Light(primaries=P3, max_content_light=500))) == Light(
        max_content_light=500
    )
    assert light_of(("sdr", None)) is None


def test_other_presets_tell_nothing() -> None:
    full = light(max_content_light=900, max_frame_light=300)

    assert light_of((PQ, full), name="hevc-hlg") is None
    assert told((PQ, full), name="source").preset == find_preset("source")


def test_what_works_with_fewer_bits_is_told() -> None:
    assert told((PQ, light())).warnings == ()
    (warning,) = told((PQ, light()), effect="stabilise").warnings
    assert "eight bits" in warning
    assert (
        light_of((PQ, light()))
        == told((PQ, light()), effect="stabilise").preset.video.light
    )

"""Random timelines for property tests: valid ones, and ways to spoil them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

_RATES = st.sampled_from([24, 25, 30, "30000/1001", "24000/1001", 60, 12.5])
_TEXTS = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12
)
_FRAMES = st.integers(min_value=1, max_value=200)
_SPEEDS = st.sampled_from([1, 1, 2, "1/2", "3/4", 4, "1/3"])
#: Exact in any form of text.
_PARTS = st.sampled_from([0, 0.25, 0.5, 0.75, 1])


def _seconds(frames: int, rate: object) -> str:
    """Return so many frames as exact seconds."""
    number, _, denominator = str(rate).replace("12.5", "25/2").partition("/")
    return f"{frames * int(denominator or 1)}/{number}"


@st.composite
def _clips(draw: st.DrawFn, rate: object, kind: str) -> tuple[dict[str, Any], int]:
    """Return a clip, and how many frames it has."""
    frames = draw(_FRAMES)
    clip: dict[str, Any] = {
        "type": "clip",
        "name": draw(_TEXTS),
        "enabled": draw(st.booleans()),
        "volume": draw(_PARTS),
        "muted": draw(st.booleans()),
    }
    media = ["file"] if kind == "audio" else ["file", "file", "color", "title"]
    word = draw(st.sampled_from(media))
    if word == "file":
        speed = draw(_SPEEDS)
        clip["speed"] = speed
        clip["media"] = {
            "type": "file",
            "path": f"/films/{draw(st.integers(0, 3))}.mp4",
        }
        top, _, bottom = str(speed).partition("/")
        taken = f"{frames * int(top)}/{bottom or 1}"
        numerator, denominator = (int(each) for each in taken.split("/"))
        clip["source_range"] = {
            "start": _seconds(draw(st.integers(0, 500)), rate),
            "duration": _seconds(numerator, _times(rate, denominator)),
        }
        return clip, frames
    clip["duration"] = _seconds(frames, rate)
    clip["opacity"] = draw(_PARTS)
    clip["transform"] = {"x": draw(_PARTS), "y": draw(_PARTS), "scale": 0.5}
    clip["media"] = {"type": "color", "color": "#20a0ff"}
    if word == "title":
        text = draw(_TEXTS.filter(bool))
        clip["media"] = {"type": "title", "text": text, "size": draw(_FRAMES)}
    return clip, frames


def _times(rate: object, factor: int) -> str:
    number, _, denominator = str(rate).replace("12.5", "25/2").partition("/")
    return f"{int(number) * factor}/{denominator or 1}"


@st.composite
def documents(draw: st.DrawFn) -> tuple[dict[str, Any], int]:
    """Return a valid document, and how many frames it has."""
    rate = draw(_RATES)
    tracks: list[dict[str, Any]] = []
    longest = 0
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["video", "audio"]))
        items: list[dict[str, Any]] = []
        now = 0
        lengths: list[int] = []
        for _ in range(draw(st.integers(1, 5))):
            clip, frames = draw(_clips(rate, kind))
            style = draw(st.sampled_from(["follow", "gap", "start"]))
            if style != "follow":
                free = draw(_FRAMES)
                if style == "gap":
                    items.append({"type": "gap", "duration": _seconds(free, rate)})
                else:
                    clip["start"] = _seconds(now + free, rate)
                now += free
            elif items and min(frames, lengths[-1]) >= 8 and draw(st.booleans()):
                change = {"type": "transition", "kind": draw(_KINDS)}
                items.append({**change, **_offsets(draw(st.booleans()), rate)})
            items.append(clip)
            lengths.append(frames)
            now += frames
        fields = {"name": draw(_TEXTS), "volume": draw(_PARTS)}
        tracks.append({"kind": kind, **fields, "items": items})
        longest = max(longest, now)
    document = {
        "format": "farm-timeline/1",
        "name": draw(_TEXTS),
        "rate": rate,
        "width": 640,
        "height": 360,
        "tracks": tracks,
    }
    return document, longest


_KINDS = st.sampled_from(["dissolve", "wipeleft", "fadeblack"])


def _offsets(is_even: bool, rate: object) -> dict[str, str]:  # noqa: FBT001  # drawn
    if is_even:
        return {"duration": _seconds(4, rate)}
    return {"in_offset": _seconds(1, rate), "out_offset": _seconds(3, rate)}


#: Ways to spoil the first clip of a track; each is one problem at that place.
SPOILS: dict[str, Callable[[dict[str, Any]], None]] = {
    "an unknown field": lambda clip: clip.update(opactiy=1),
    "a wrong type": lambda clip: clip.update(enabled="often"),
    "a value out of range": lambda clip: clip.update(volume=-3),
    "no media": lambda clip: clip.pop("media") and None,
    "no number": lambda clip: clip.update(pan=float("nan")),
    "no time": lambda clip: clip.update(fade_in="1/0"),
    "a negative time": lambda clip: clip.update(fade_out=-1),
    "an address": lambda clip: clip.update(
        media={"type": "file", "path": "https://example.org/a.mp4"},
        source_range={"duration": 1},
        duration=None,
    ),
}

"""Which stretches of a timeline are copied from their sources instead of encoded.

Where one source is all that is seen, as it is, its groups of pictures are taken over;
what lies around the cuts is encoded:

    source    |---------|---------|---------|---------|     groups of pictures
    clip           ╠═════════════════════════╣
               encoded    copied      copied   encoded
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from farm.ffmpeg.avc import AvcConfig, read_config, unite_configs
from farm.ffmpeg.encode import SET_NUMBER
from farm.plan.untouched import Stretch, find_stretches
from farm.timeline.copy import CopyRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from farm.ffmpeg.canvas import Canvas
    from farm.presets.preset import VideoEncoding
    from farm.timeline.composition import Composition, FilmSource
    from farm.timeline.media import GopFacts

#: What it costs to encode and to hand out work, measured (docs/decisions/0013): a
#: processor encodes so many pixels a second with libx264's preset medium ...
_ENCODED_PIXELS = 25_000_000
#: ... decodes so many to see that a copy is whole ...
_DECODED_PIXELS = 600_000_000
#: ... and a task takes so long beside its work.
_TASK_SECONDS = 0.3
#: Copies are cut at about these times of their source, so that several workers look
#: through them and an edit leaves the others as they are.
_PIECE_SECONDS = 60
#: A source that needs more bits a pixel was not made to be delivered: encoded anew, it
#: is much smaller. Delivery at CRF 20 takes 0.05 to 0.2, cameras 0.3 to 2.
_MOST_BITS = 0.5
#: A frame of the timeline lies this near to one of the source, in frames, or which of
#: two is shown hangs on rounding.
_NEAR = Fraction(2, 5)
#: H.264: the profiles that a player of the preset's own understands too.
_PROFILES = {66, 77, 100}
_COLORS = {None, "unknown", "unspecified", "reserved", "bt709"}
_HD_LINES = 720
_CLASH = "its parameter sets have the numbers of those of another source"


class Reason(NamedTuple):
    """Why frames of the timeline are encoded."""

    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What is copied, and why the rest of what is untouched is not."""

    ranges: tuple[CopyRange, ...] = ()
    """In order of the timeline."""
    reasons: tuple[Reason, ...] = ()
    """Why what is not copied of untouched sources is encoded; in order."""
    clashes: tuple[Reason, ...] = ()
    """Likewise of what fits the preset, but not into one track with the rest."""
    set_number: int = SET_NUMBER
    """Number of the parameter sets of what is encoded."""

    def why_not(self, start: int, end: int) -> str:
        """Return why untouched sources are encoded that are most of some frames."""
        for reasons in (self.clashes, self.reasons):
            first = bisect_right(reasons, start, key=lambda reason: reason.end)
            last = bisect_left(reasons, end, key=lambda reason: reason.start)
            lengths = [
                min(reason.end, end) - max(reason.start, start)
                for reason in reasons[first:last]
            ]
            if 2 * sum(lengths) >= end - start:
                return reasons[first + lengths.index(max(lengths))].why
        return ""


def find_copies(
    composition: Composition,
    start: int,
    end: int,
    *,
    canvas: Canvas,
    encoding: VideoEncoding,
    gops: Mapping[tuple[str, int], GopFacts],
) -> Copies:
    """Return what of some frames is copied.

    Args:
        composition: what is seen.
        start: the first frame.
        end: the frame after the last.
        canvas: the frame of the output.
        encoding: what copies must look as if they came from.
        gops: groups of pictures by path and stream.
    """
    ranges: list[CopyRange] = []
    reasons: list[Reason] = []
    for stretch in find_stretches(composition, start, end, canvas):
        known = gops.get((stretch.source.path, stretch.source.video.index))
        name = _name(stretch.source)
        if why := _unfit(stretch, composition.rate, canvas, encoding, known):
            reasons.append(Reason(stretch.start, stretch.end, f"{name}: {why}"))
            continue
        found = list(_ranges(stretch, composition.rate, known)) if known else []
        ranges += [each for each in found if _is_worth_it(each, canvas)]
        why = (
            "between two key frames"
            if found
            else "there is no whole group of pictures in it that can be taken out"
        )
        reasons.append(Reason(stretch.start, stretch.end, f"{name}: {why}"))
    return _choose(ranges, reasons)


def _name(source: FilmSource) -> str:
    return source.path.rpartition("/")[2]


def _unfit(  # noqa: PLR0911  # one return a reason
    stretch: Stretch,
    rate: Fraction,
    canvas: Canvas,
    encoding: VideoEncoding,
    known: GopFacts | None,
) -> str:
    """Return why nothing of a source may be copied; empty: it may."""
    video = stretch.source.video
    if video.codec != encoding.codec:
        return f"its codec is {video.codec}, that of the preset {encoding.codec}"
    if video.pix_fmt != encoding.pix_fmt:
        return f"its pixels are {video.pix_fmt}, those of the preset {encoding.pix_fmt}"
    if video.variable_rate or video.rate != rate:
        shown = "variable" if video.variable_rate else f"{float(video.rate):g}"
        return f"its frame rate is {shown}, that of the timeline {float(rate):g}"
    if video.interlaced:
        return "it is interlaced"
    if not _has_usual_colors(stretch.source, canvas):
        return "its colours are not those of BT.709 in the limited range"
    if known is None:
        return "its container does not keep its parameter sets apart"
    config = read_config(bytes.fromhex(known.config))
    if config is None or config.profile not in _PROFILES:
        return f"its profile is {video.profile or 'unknown'}"
    bits = known.bytes_per_frame * 8 / (video.width * video.height)
    if bits > _MOST_BITS:
        return f"it takes {bits:.2g} bits a pixel, more than {_MOST_BITS:g}"
    if _offset(stretch, rate) is None:
        return "its frames lie between those of the timeline"
    return ""


def _has_usual_colors(source: FilmSource, canvas: Canvas) -> bool:
    video = source.video
    return (
        video.color_range in {None, "tv"}
        and video.color_space in _COLORS
        and (video.color_space == "bt709" or canvas.height >= _HD_LINES)
        and video.color_primaries in _COLORS
        and video.color_transfer in _COLORS
    )


def _offset(stretch: Stretch, rate: Fraction) -> int | None:
    """Return which frame of the source is seen at frame 0 of the timeline."""
    shot = stretch.shot
    exact = (shot.source_start - stretch.source.video.start) * rate
    nearest = math.floor(exact + Fraction(1, 2))
    return None if abs(exact - nearest) > _NEAR else nearest - shot.start


def _ranges(stretch: Stretch, rate: Fraction, known: GopFacts) -> Iterator[CopyRange]:
    """Yield the longest rows of whole groups in a stretch, cut into pieces."""
    offset = _offset(stretch, rate)
    assert offset is not None  # noqa: S101  # else it does not fit
    reached = bisect_right(known.runs, stretch.start + offset, key=lambda run: run[-1])
    for run in known.runs[reached:]:
        if run[0] >= stretch.end + offset:
            break
        low = bisect_left(run, stretch.start + offset)
        high = bisect_right(run, stretch.end + offset)
        starts = run[low:high]
        for first, last in pairwise(_piece_starts(starts, rate)):
            yield CopyRange(
                start=first - offset,
                end=last - offset,
                source=stretch.source,
                first=first,
                config=known.config,
            )


def _piece_starts(starts: Sequence[int], rate: Fraction) -> list[int]:
    """Return where pieces start: near some times of the source; last their end."""
    length = max(1, round(_PIECE_SECONDS * rate))
    inner = [
        later
        for earlier, later in pairwise(starts[:-1])
        if earlier // length != later // length
    ]
    return [*starts[:1], *inner, *starts[-1:]] if len(starts) > 1 else []


def _is_worth_it(copy: CopyRange, canvas: Canvas) -> bool:
    """Whether a copy saves more than it costs: it is a task more, and is decoded."""
    pixels = copy.frames * canvas.width * canvas.height
    return pixels / _ENCODED_PIXELS > pixels / _DECODED_PIXELS + _TASK_SECONDS


def _choose(ranges: list[CopyRange], reasons: list[Reason]) -> Copies:
    """Take the sources whose parameter sets go into one track, the longest first."""
    lengths: dict[str, int] = {}
    for each in ranges:
        lengths[each.config] = lengths.get(each.config, 0) + each.frames
    united: AvcConfig | None = None
    chosen: set[str] = set()
    for written in sorted(lengths, key=lambda config: (-lengths[config], config)):
        config = read_config(bytes.fromhex(written))
        assert config is not None  # noqa: S101  # else it does not fit
        both = unite_configs([config] if united is None else [united, config])
        if both is not None:
            united = both
            chosen.add(written)
    clashing = [
        Reason(each.start, each.end, f"{_name(each.source)}: {_CLASH}")
        for each in ranges
        if each.config not in chosen
    ]
    used = united.numbers if united else frozenset()
    return Copies(
        ranges=tuple(each for each in ranges if each.config in chosen),
        reasons=tuple(reasons),
        clashes=tuple(clashing),
        set_number=next(n for n in _set_numbers() if n not in used),
    )


def _set_numbers() -> Iterator[int]:
    yield SET_NUMBER
    yield from range(31, 0, -1)

"""The sound of a timeline as a graph: all of it added up, in float PCM.

```
sound: cut, tempo, resample, pad, volume, pan, fades ┐
sound …                                              ├ lane ┐
sound …                                              ┘      ├ track ┐
other lane, where sounds cross                              ┘       ├ sum
other tracks: lanes, then volume, pan, fades                        ┘
```
"""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import ffmpeg

from farm.ffmpeg.curve import write_curve
from farm.ffmpeg.graph import Stream, open_input, open_media, seek_options
from farm.ffmpeg.sound_effects import apply_effects

if TYPE_CHECKING:
    from farm.timeline.composition import Sound, Strip
    from farm.timeline.slice import SoundSlice

_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
#: Limits of the filters rubberband and atempo.
_SLOWEST_TEMPO, _FASTEST_TEMPO = Fraction(1, 100), Fraction(100)
#: Decoding starts this much earlier: AAC and Opus need a few packets to settle.
_HEAD_SECONDS = Fraction(1)
#: Resampling starts this much earlier: longer than any of its filters.
_RESAMPLING_HEAD = Fraction(1, 4)
#: So much more is taken than is heard: filters of tempo look ahead.
_TAIL = Fraction(1, 10)
#: Missing sound becomes silence. Shorter holes are jitter of packet times: those of
#: some Vorbis files are off by 24 ms all along.
_RESAMPLING: dict[str, Any] = {"async": 1, "min_hard_comp": 0.03}


def build_sum(sound: SoundSlice) -> Stream:
    """Add up all sound of a slice; the stream has exactly the slice's samples.

    Sounds that begin before the slice are made whole and cut: what is heard of them
    does not depend on where the slice begins.
    """
    if not sound.strips:
        return _silence(sound.samples, sound)
    origin = _origin(sound)
    end = sound.first + sound.samples
    total = apply_effects(
        _sum(_strips(sound, origin, end)),
        sound.effects,
        rate=sound.sample_rate,
        channels=sound.channels,
    )
    return (
        (total.filter("apad", whole_len=end - origin) if sound.has_memory else total)
        .filter("atrim", start_sample=sound.first - origin, end_sample=end - origin)
        .filter("asetpts", "PTS-STARTPTS")
    )


def _strips(sound: SoundSlice, origin: int, end: int) -> list[Stream]:
    """Return the sound of each track; those that duck others are used twice."""
    wanted = Counter(
        str(use.parameters.get("by", ""))
        for strip in sound.strips
        for use in strip.effects
        if use.enabled and use.name == "ducking"
    )
    strips: dict[int, Stream] = {}
    copies: dict[str, list[Stream]] = {}
    # a track that ducks another is ducked by none: it is there first
    for number, strip in sorted(
        enumerate(sound.strips), key=lambda each: each[1].name not in wanted
    ):
        stream = _strip(strip, sound, origin, end, copies)
        if strip.name in wanted and strip.name not in copies:
            parts = stream.filter_multi_output("asplit", wanted[strip.name] + 1)
            copies[strip.name] = [parts[at + 1] for at in range(wanted[strip.name])]
            stream = parts[0]
        strips[number] = stream
    for rest in copies.values():  # of a track that is not heard in this slice
        strips.update({-1 - len(strips): _silenced(each) for each in rest})
    return [strips[number] for number in sorted(strips)]


def _silenced(stream: Stream) -> Stream:
    return stream.filter("volume", 0)


def _origin(sound: SoundSlice) -> int:
    """Return the sample that the graph starts with: no sound or fade begins before."""
    starts = [piece.start for strip in sound.strips for piece in strip.sounds]
    origin = min(sound.first, *starts)
    for strip in sound.strips:
        if strip.fade_out:
            origin = min(origin, max(0, strip.end - strip.fade_out))
    if sound.has_memory:
        return 0
    is_fading_in = any(strip.fade_in > origin for strip in sound.strips)
    return 0 if is_fading_in else origin


def _strip(
    strip: Strip,
    sound: SoundSlice,
    origin: int,
    end: int,
    copies: dict[str, list[Stream]],
) -> Stream:
    lanes = [_lane(sounds, sound, origin, end) for sounds in _lanes(strip)]
    track = apply_effects(
        _sum(lanes),
        strip.effects,
        rate=sound.sample_rate,
        channels=sound.channels,
        side=lambda name: copies[name].pop() if copies.get(name) else None,
        end=end - origin,
    )
    track = _gain(track, strip.volume)
    track = _pan(track, strip.pan, sound.channels)
    fade_in = strip.fade_in if origin == 0 else 0
    return _fade(track, fade_in, strip.fade_out, strip.end - origin)


def _lanes(strip: Strip) -> list[list[Sound]]:
    """Put sounds that cross each other into different lanes."""
    lanes: list[list[Sound]] = []
    for sound in sorted(strip.sounds, key=lambda sound: sound.start):
        free = next((lane for lane in lanes if lane[-1].end <= sound.start), None)
        if free is None:
            lanes.append([sound])
        else:
            free.append(sound)
    return lanes


def _lane(sounds: list[Sound], whole: SoundSlice, origin: int, end: int) -> Stream:
    """Play sounds one after the other, with silence between them."""
    followers = [sound.start for sound in sounds[1:]]
    ends = [*followers, max(end, sounds[-1].end)]
    pieces = [
        _piece(sound, whole).filter("apad", whole_len=until - sound.start)
        for sound, until in zip(sounds, ends, strict=True)
    ]
    if sounds[0].start > origin:
        delay = sounds[0].start - origin
        pieces[0] = pieces[0].filter("adelay", f"{delay}S", all=1)
    if len(pieces) == 1:
        return pieces[0]
    return ffmpeg.filter(pieces, "concat", n=len(pieces), v=0, a=1)


def _piece(sound: Sound, whole: SoundSlice) -> Stream:
    """Return exactly the samples of one sound.

    The source is brought to the timeline's sample rate before it is cut: a resampler
    that starts at the cut has no past, and is heard there. It starts where samples of
    both rates coincide, so that pieces of one source that follow each other are
    resampled alike.
    """
    length = sound.end - sound.start
    rate, begin = whole.sample_rate, sound.source_start
    seconds = Fraction(length, rate) * sound.speed
    seek = begin - sound.container_start - _HEAD_SECONDS
    opened = open_media(sound.path, **seek_options(seek))
    stream = (
        opened[str(sound.audio.index)]
        .filter("atrim", start=_microseconds(_resampling_start(sound, rate)))
        .filter("aresample", rate, out_sample_fmt="fltp", **_RESAMPLING)
        .filter("asetpts", f"round(PTS-({begin.numerator}/{begin.denominator})/TB)")
        .filter("atrim", start_pts=0, end_pts=math.ceil((seconds + _TAIL) * rate))
        .filter("aresample", rate, first_pts=0, **_RESAMPLING)
    )
    stream = _speed(stream, sound, rate)
    stream = _to_layout(stream, sound.audio.channels, whole.channels)
    stream = stream.filter("apad", whole_len=length).filter("atrim", end_sample=length)
    if sound.effects:
        stream = apply_effects(
            stream, sound.effects, rate=rate, channels=whole.channels
        )
        stream = stream.filter("apad", whole_len=length).filter(
            "atrim", end_sample=length
        )
    if sound.volume_keys:
        level = write_curve(sound.volume_keys, rate=rate, edge=sound.edge)
        stream = stream.filter("aeval", f"val(ch)*({level})", channel_layout="same")
        stream = stream.filter("aformat", sample_fmts="fltp")
    else:
        stream = _gain(stream, sound.volume)
    stream = _pan(stream, sound.pan, whole.channels)
    stream = _fade(stream, sound.fade_in, sound.fade_out, length)
    return _fade(stream, sound.cross_in, sound.cross_out, length, curve="qsin")


def _resampling_start(sound: Sound, rate: int) -> Fraction:
    """Return the last time before the sound at which samples of both rates coincide."""
    step = Fraction(1, math.gcd(sound.audio.sample_rate, rate))
    first = sound.audio.start
    steps = (sound.source_start - _RESAMPLING_HEAD - first) // step
    return first + max(0, steps) * step


def _microseconds(time: Fraction) -> str:
    """Write a time for `atrim`, rounded down: it drops what is earlier."""
    return f"{math.floor(time * 1_000_000)}us"


def _speed(stream: Stream, sound: Sound, sample_rate: int) -> Stream:
    if sound.speed == 1:
        return stream
    if not sound.keep_pitch:
        faster = round(sample_rate * sound.speed)
        return stream.filter("asetrate", faster).filter("aresample", sample_rate)
    left = sound.speed
    if left > 1:
        return stream.filter("atempo", f"{float(min(left, _FASTEST_TEMPO)):.9f}")
    # atempo would play what it slows down some 20 ms early
    while left < _SLOWEST_TEMPO:
        stream = stream.filter("rubberband", tempo=float(_SLOWEST_TEMPO))
        left /= _SLOWEST_TEMPO
    return stream.filter("rubberband", tempo=f"{float(left):.9f}")


def _to_layout(stream: Stream, channels: int, wanted: int) -> Stream:
    """Bring a sound to the timeline's channels.

    Mono keeps its level on both sides, and what is alike on both sides keeps it in
    mono.
    """
    match channels, wanted:
        case 1, 2:
            return stream.filter("pan", args="stereo|c0=c0|c1=c0")
        case 2, 1:
            return stream.filter("pan", args="mono|c0=0.5*c0+0.5*c1")
    return stream.filter(
        "aformat", channel_layouts=_LAYOUTS[wanted], sample_fmts="fltp"
    )


def _gain(stream: Stream, volume: float) -> Stream:
    if volume == 1:
        return stream
    return stream.filter("volume", f"{volume:g}", precision="float")


def _pan(stream: Stream, pan: float, channels: int) -> Stream:
    """Balance of a stereo sound: the side away from `pan` gets quieter, linearly."""
    if pan == 0 or channels != 2:  # noqa: PLR2004  # stereo
        return stream
    left, right = min(1.0, 1 - pan), min(1.0, 1 + pan)
    return stream.filter("pan", args=f"stereo|c0={left:g}*c0|c1={right:g}*c1")


def _fade(
    stream: Stream, fade_in: int, fade_out: int, end: int, *, curve: str = "tri"
) -> Stream:
    if fade_in > 0:
        stream = stream.filter(
            "afade", type="in", start_sample=0, nb_samples=fade_in, curve=curve
        )
    if fade_out > 0:
        stream = stream.filter(
            "afade",
            type="out",
            start_sample=max(0, end - fade_out),
            nb_samples=fade_out,
            curve=curve,
        )
    return stream


def _silence(samples: int, whole: SoundSlice) -> Stream:
    layout = _LAYOUTS[whole.channels]
    source = open_input(f"anullsrc=r={whole.sample_rate}:cl={layout}", f="lavfi")
    return (
        source["0"]
        .filter("atrim", end_sample=samples)
        .filter("aformat", sample_fmts="fltp")
    )


def _sum(streams: list[Stream]) -> Stream:
    """Add sounds up as they are."""
    if len(streams) == 1:
        return streams[0]
    return ffmpeg.filter(
        streams, "amix", inputs=len(streams), duration="longest",
        dropout_transition=0, normalize=0,
    )  # fmt: skip

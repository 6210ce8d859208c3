"""Find the lowest and highest samples of a sound; write them, or draw them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.box import Box
from farm.ffmpeg.exit import unreadable
from farm.ffmpeg.sound_header import SoundHeader, read_sound_header
from farm.ffmpeg.verify import scan_picture
from farm.ffmpeg.waveform import DRAWING, build_drawing_command, build_samples_command
from farm.kinds.pack import pack
from farm.kinds.payload import WaveformPayload
from farm.kinds.pipe import run_into
from farm.kinds.probe import stamp_of
from farm.kinds.reuse import Made, make_or_reuse
from farm.kinds.sources import check_allowed

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.ffmpeg.peaks import Peaks
    from farm.kinds.context import TaskContext

#: Samples of each channel that are looked at together.
_BLOCK_SAMPLES = 1 << 16
#: A column of a drawing is made of at least so many pixels.
_FINER = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    path: Path
    content: str
    """What is in it; empty where that is not known."""


def waveform(context: TaskContext) -> JsonValue:
    """Take the waveform from the cache, or decode the sound and make it."""
    payload = WaveformPayload.model_validate(context.payload)
    source = _find_source(context, payload)
    asked = payload.model_dump(mode="json", exclude={"path", "sound"})
    described: JsonValue = {"path": str(source.path), "content": source.content}
    return make_or_reuse(
        context,
        {"source": described, **asked},
        lambda: _make(context, payload, source.path),
        sources=() if payload.path is None else (payload.path,),
    )


def _find_source(context: TaskContext, payload: WaveformPayload) -> _Source:
    """Return the file of sound: a source, or the mix of a timeline."""
    if payload.path is not None:
        path = Path(payload.path)
        content = context.identity_of(path)
        if content is not None:
            return _Source(path=path, content=content)
        check_allowed(path, context.settings.media_roots)
        return _Source(path=path, content=stamp_of(path))
    mixed = context.needs[payload.sound]
    assert isinstance(mixed, dict)  # noqa: S101  # written by kinds/mix.py
    return _Source(
        path=context.stored(str(mixed["file"])).absolute(),
        content=str(mixed.get("artifact", "")),
    )


def _make(context: TaskContext, payload: WaveformPayload, path: Path) -> Made:
    header = read_sound_header(path, box=Box.of(context.settings))
    if payload.suffix == ".png":
        return _draw(context, payload, _gather(context, payload, path, header), header)
    found = _gather(context, payload, path, header)
    files = [
        (_write(context, payload, peaks, header), _facts(payload, peaks, header))
        for peaks in found
    ]
    if payload.many:
        return pack(files, scratch=context.scratch)
    ((made, facts),) = files
    return Made(path=made, facts={"facts": facts})


def _gather(
    context: TaskContext, payload: WaveformPayload, path: Path, header: SoundHeader
) -> list[Peaks]:
    """Decode the sound once, for all levels."""
    from farm.ffmpeg.peaks import Peaks, mix_channels, split_channels

    channels = header.channels if payload.split_channels else 1
    found = [
        Peaks(samples_per_pixel=level, channels=channels)
        for level in payload.levels or [_finest(payload, header)]
    ]
    split = split_channels if payload.split_channels else mix_channels

    def see(data: bytearray) -> None:
        lanes = split(data, header.channels)
        for peaks in found:
            peaks.see(lanes)

    command = build_samples_command(
        str(path),
        stream=header.index,
        sample_rate=header.sample_rate,
        channels=header.channels,
        seconds=None if header.seconds is None else float(header.seconds),
    )
    run_into(context, command, see, at=_BLOCK_SAMPLES * header.channels * 2)
    if not found[0].samples:
        raise unreadable(path, "nothing of its sound can be decoded")
    return found


def _finest(payload: WaveformPayload, header: SoundHeader) -> int:
    """Return samples per pixel that are fine enough for a drawing."""
    samples = int((header.seconds or 1) * header.sample_rate)
    return min(max(1, samples // (payload.width * _FINER)), 1 << 20)


def _write(
    context: TaskContext, payload: WaveformPayload, peaks: Peaks, header: SoundHeader
) -> Path:
    from farm.ffmpeg.peaks_file import write_dat, write_json

    write = write_dat if payload.suffix == ".dat" else write_json
    level = f"-{peaks.samples_per_pixel}" if payload.many else ""
    made = context.scratch / f"waveform{level}{payload.suffix}"
    made.write_bytes(
        write(
            peaks.pairs(),
            sample_rate=header.sample_rate,
            samples_per_pixel=peaks.samples_per_pixel,
            bits=payload.bits,
        )
    )
    return made


def _draw(
    context: TaskContext,
    payload: WaveformPayload,
    found: list[Peaks],
    header: SoundHeader,
) -> Made:
    from farm.ffmpeg.peaks import fit_columns
    from farm.ffmpeg.peaks_file import draw

    (peaks,) = found
    columns = fit_columns(peaks.pairs(), payload.width)
    drawn = draw(columns, height=payload.height, color=payload.color)
    (context.scratch / DRAWING).write_bytes(drawn)
    made = context.run(build_drawing_command())
    seen = scan_picture(made, decode=True)
    if (seen.width, seen.height) != (payload.width, payload.height):
        raise OutputWrong(f"the drawing is {seen.width}x{seen.height}")
    facts = _facts(payload, peaks, header)
    size: dict[str, JsonValue] = {"width": seen.width, "height": seen.height}
    dropped = {"samples_per_pixel", "bits", "length"}
    kept = {name: each for name, each in facts.items() if name not in dropped}
    return Made(path=made, facts={"facts": {**kept, **size}})


def _facts(
    payload: WaveformPayload, peaks: Peaks, header: SoundHeader
) -> dict[str, JsonValue]:
    return {
        "sample_rate": header.sample_rate,
        "channels": peaks.channels,
        "samples": peaks.samples,
        "samples_per_pixel": peaks.samples_per_pixel,
        "bits": payload.bits,
        "length": -(-peaks.samples // peaks.samples_per_pixel),
    }

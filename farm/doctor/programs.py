"""Look at FFmpeg and GPUs, by trying what they say they can."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from farm.doctor.check import Check, State
from farm.ffmpeg.analyse import ANALYSIS_FILTERS
from farm.ffmpeg.capabilities import (
    EFFECT_FILTERS,
    FILTERS,
    Gpu,
    find_gpu_problem,
    find_gpus,
    list_filters,
    prove_encoder,
)
from farm.ffmpeg.hardware import prove_hardware
from farm.ffmpeg.locate import ffmpeg_version, find_ffmpeg
from farm.ffmpeg.prove_gpu import prove_gpu_decoders
from farm.presets.catalog import load_presets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from farm.settings import Settings

_TRIED_MAJOR = 9
_BAD_MAJOR = 7  #: 7.0.2 gave a frame too few where clips meet in a transition
#: Presets that play everywhere need these.
_ENCODERS_OF_MOST = frozenset({"libx264", "aac"})
#: Of all that can be on hardware, what renders are made for.
_GPU_ENCODERS = frozenset(
    f"{codec}_{way}"
    for way in ("nvenc", "vaapi", "qsv")
    for codec in ("h264", "hevc", "av1")
)


#: Check, filters, what they are for, what it is where some are missing, what helps.
_FILTERS = (
    (
        *("filters", FILTERS, "that the farm uses", State.FAILED),
        "unset ffmpeg_path, or name an FFmpeg with these",
    ),
    (
        *("effects", EFFECT_FILTERS, "filters that effects are made of", State.WARNING),
        "timelines without these effects work: unset ffmpeg_path",
    ),
    (
        *("analysis", ANALYSIS_FILTERS, "filters that measure", State.WARNING),
        "renders work; `farm analyse` needs them: unset ffmpeg_path",
    ),
)


def look_at_ffmpeg(settings: Settings) -> Iterator[Check]:
    """See that it has the filters, and that its encoders encode."""
    ffmpeg = find_ffmpeg(settings)
    yield _age(ffmpeg)
    has = list_filters(ffmpeg)
    for name, filters, what, bad, fix in _FILTERS:
        missing = filters - has
        yield Check(
            name=name,
            state=bad if missing else State.OK,
            found=f"missing: {', '.join(sorted(missing))}"
            if missing
            else f"all {len(filters)} {what}",
            fix=fix if missing else None,
        )
    yield from _encoders(settings, ffmpeg)
    yield from _gpus(ffmpeg)


def _age(ffmpeg: Path) -> Check:
    """See that it is no older than what the farm is made for.

    Builds of FFmpeg's newest source have no number, and count as new.
    """
    version = ffmpeg_version(ffmpeg)
    number = re.match(r"n?(\d+)", version)
    major = int(number[1]) if number else _TRIED_MAJOR
    if major >= _TRIED_MAJOR:
        return Check(name="ffmpeg", found=f"{version} at {ffmpeg}")
    is_bad = major <= _BAD_MAJOR
    why = "too old: frames of transitions are lost" if is_bad else "never tried"
    return Check(
        name="ffmpeg",
        state=State.FAILED if is_bad else State.WARNING,
        found=f"{version} at {ffmpeg} is {why}; the farm is made for {_TRIED_MAJOR}",
        fix="unset ffmpeg_path, which is the wheel's, or name a newer FFmpeg",
    )


def _encoders(settings: Settings, ffmpeg: Path) -> Iterator[Check]:
    """Try the encoder of every preset."""
    users: dict[tuple[str, bool], list[str]] = {}
    for preset in load_presets(settings.preset_folders).values():
        users.setdefault((preset.video.encoder, True), []).append(preset.name)
        users.setdefault((preset.audio.encoder, False), []).append(preset.name)
    for (encoder, is_picture), presets in users.items():
        proof = prove_encoder(encoder, ffmpeg=ffmpeg, is_picture=is_picture)
        yield Check(
            name=f"encoder {encoder}",
            state=State.OK if proof.works else _without(encoder),
            found=f"works, proved in {proof.seconds:.2f} s"
            if proof.works
            else proof.why_not,
            fix=None
            if proof.works
            else f"unset ffmpeg_path, or do without: {', '.join(presets)}",
        )


def _without(encoder: str) -> State:
    """Return how bad it is to lack an encoder: a few presets, or most of them."""
    return State.FAILED if encoder in _ENCODERS_OF_MOST else State.WARNING


def _gpus(ffmpeg: Path) -> Iterator[Check]:
    if problem := find_gpu_problem():
        yield Check(
            name="gpus",
            state=State.WARNING,
            found=f"the driver of NVIDIA does not answer: {problem}",
            fix="let driver and library be of one version: after an update, boot",
        )
        return
    gpus = find_gpus()
    shown = "; ".join(
        f"{gpu.index}: {gpu.name}, {gpu.memory_bytes / 1024**3:.0f} GB" for gpu in gpus
    )
    yield Check(name="gpus", found=shown or "none of NVIDIA; the CPU does the work")
    proofs = prove_hardware(ffmpeg, only=_GPU_ENCODERS)
    working = [*dict.fromkeys(proof.encoder for proof in proofs if proof.works)]
    why_not = next((proof.why_not for proof in proofs if not proof.works), "")
    decoders = _decoders(ffmpeg, gpus) if gpus else None
    is_lost = bool(gpus) and not working
    decodes = decoders is not None and decoders.state is State.OK
    yield Check(
        name="gpu encoders",
        state=State.WARNING if is_lost and not decodes else State.OK,
        found=", ".join(working)
        or ("none; the CPU encodes" + (f" ({why_not})" if is_lost else "")),
        fix=f"see whether this GPU has an encoder, and its driver: {why_not}"
        if is_lost and not decodes
        else None,
    )
    if decoders is not None:
        yield decoders


def _decoders(ffmpeg: Path, gpus: Sequence[Gpu]) -> Check:
    """See what GPUs decode; cards for data centres do that and no more."""
    proofs = [
        proof
        for gpu in gpus
        for proof in prove_gpu_decoders(ffmpeg, index=gpu.index, device=gpu.name)
    ]
    working = [*dict.fromkeys(proof.encoder for proof in proofs if proof.works)]
    names = ", ".join(name.removeprefix("decode ") for name in working)
    why_not = next((proof.why_not for proof in proofs if not proof.works), "")
    return Check(
        name="gpu decoders",
        state=State.OK if working else State.WARNING,
        found=names or "none; the CPU decodes",
        fix=None if working else f"see the driver, and docs/gpu.md: {why_not}",
    )

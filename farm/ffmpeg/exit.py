"""Say why an FFmpeg process ended, as an error of the farm's tree."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import (
    DiskFull,
    EncoderMissing,
    FFmpegFailed,
    FFmpegKilled,
    FFmpegTimedOut,
    GpuFailed,
    GpuFull,
    MediaMissing,
    MediaUnreadable,
    OutOfMemory,
    Unsupported,
)
from farm.ffmpeg.log import is_empty_word, is_output_side, message_of

if TYPE_CHECKING:
    from farm.errors import Fact, FarmError


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What is left of an FFmpeg process that did not end well."""

    argv: tuple[str, ...]
    sources: tuple[str, ...]
    exit_code: int
    """Negative where a signal ended it, as in `subprocess`."""
    errors: tuple[str, ...]
    """Its error lines, in order."""
    log: str
    """The last lines of its log."""
    folder: str = "its scratch folder"
    """Where it wrote."""

    @property
    def facts(self) -> dict[str, Fact]:
        """What is stored with the error."""
        return {"argv": list(self.argv), "exit_code": self.exit_code, "log": self.log}


@dataclass(frozen=True, slots=True)
class _Saying:
    """What a line of the log says, as an error."""

    pattern: re.Pattern[str]
    error: type[FFmpegFailed]
    sentence: str


#: The first that fits any line wins. Exit codes differ from one FFmpeg version to the
#: next, so they are not looked at.
_SAYINGS = (
    _Saying(
        re.compile(r"No space left on device|Disk quota exceeded|File too large"),
        DiskFull,
        "the disk is full where FFmpeg writes ({folder}): make room there, then retry "
        "the job",
    ),
    _Saying(
        # a card of the kind that is sold for games has few sessions for encoding
        re.compile(
            r"OpenEncodeSessionEx failed: (?:out of memory|incompatible client key)|"
            r"CUDA_ERROR_OUT_OF_MEMORY|No decoder surfaces left"
        ),
        GpuFull,
        "the GPU has no room for it ({reason}): run fewer tasks at once on it, or "
        "lower gpu_sessions or gpu_memory_bytes",
    ),
    _Saying(
        re.compile(
            r"Cannot allocate memory|[Oo]ut of memory|OUT_OF_MEMORY|bad_alloc|"
            r"Resource temporarily unavailable"
        ),
        OutOfMemory,
        "FFmpeg got no more memory: run fewer tasks at once on this machine",
    ),
    _Saying(
        re.compile(r"Unknown encoder '(?P<name>[^']*)'"),
        EncoderMissing,
        "this FFmpeg has no encoder {name}: choose another preset or FFmpeg",
    ),
    _Saying(
        re.compile(r"Failed to set value 'cuda=|Hardware device setup failed"),
        EncoderMissing,
        "the GPU cannot be used here ({reason}): see `farm doctor` on this machine",
    ),
    _Saying(
        re.compile(
            r"(?:vost|aost)#\S+/(?P<name>\w+) .*Error while opening encoder|"
            r"No capable devices found|OpenEncodeSessionEx failed|"
            r"Cannot load lib(?:cuda|nvidia-encode)|No VA display found|"
            r"Device creation failed|Error creating a MFX session"
        ),
        EncoderMissing,
        "the encoder {name} does not work here with these settings ({reason}): "
        "choose another preset, or a machine that has it",
    ),
    _Saying(
        re.compile(
            r"CUDA_ERROR_\w+|cuvid\w+\(|cu\w+\(.*\) failed|"
            r"EncodePicture failed|LockBitstream failed|"
            r"InitializeEncoder failed|hwaccel initialisation returned error"
        ),
        GpuFailed,
        "the GPU failed ({reason})",
    ),
    _Saying(
        re.compile(r"No such filter: '(?P<name>[^']*)'"),
        Unsupported,
        "this FFmpeg has no filter {name}: use an FFmpeg that has it",
    ),
    _Saying(
        re.compile(r"Unknown decoder '|no decoder found for: (?!none)\w+"),
        Unsupported,
        "this FFmpeg cannot decode {source} ({reason}): use an FFmpeg that can, "
        "or convert the file",
    ),
    _Saying(
        re.compile(
            r"Unknown input format|output format .* is not known|"
            r"Unable to choose an output format|Unrecognized option|Option not found|"
            r"not currently supported in container|Protocol not found|"
            r"Unable to parse option value|Impossible to convert between the formats"
        ),
        Unsupported,
        "this FFmpeg cannot do what the job needs: {reason}",
    ),
)
_OPENING = re.compile(r"Error opening input file (?P<path>.*)\.$")
_NOT_DECODED = re.compile(
    r"[va]ist#(?P<input>\d+):\d+.*"
    r"(?:Decode error rate|no decoder found for: none|Nothing was decoded)"
)
#: The stream of an input that a line is about.
_INPUT = re.compile(r"[va]ist#(?P<input>\d+):")
_SIGNAL_HINTS: dict[int, str] = {
    signal.SIGKILL: "; the machine may be out of memory",
    signal.SIGSEGV: "; it crashed",
    signal.SIGABRT: "; it crashed",
}
_SIGNALLED = re.compile(r"received signal (?P<number>\d+)")


def error_of(ended: Ended) -> FarmError:
    """Return the error that says why FFmpeg ended, and what to do."""
    return (
        _killed(ended)
        or _bad_input(ended)
        or _what_it_says(ended)
        or FFmpegFailed(
            f"FFmpeg failed with exit code {ended.exit_code}: {_reason(ended)}",
            **ended.facts,
        )
    )


def _killed(ended: Ended) -> FarmError | None:
    """Recognise a signal; the farm's own ends are told apart before this."""
    signalled = _SIGNALLED.search(ended.log)
    if ended.exit_code >= 0 and not signalled:
        return None
    number = int(signalled["number"]) if signalled else -ended.exit_code
    if number == signal.SIGXFSZ:
        return DiskFull("a file grew over the limit of its size", **ended.facts)
    if number == signal.SIGXCPU:
        message = "FFmpeg computed longer than its limit (task_limit_seconds, a core)"
        return FFmpegTimedOut(message, **ended.facts)
    if any("bad_alloc" in line for line in ended.errors):
        return OutOfMemory("FFmpeg got no more memory", **ended.facts)
    hint = _SIGNAL_HINTS.get(number, "")
    return FFmpegKilled(
        f"FFmpeg was ended by {_signal_name(number)}{hint}", **ended.facts
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _bad_input(ended: Ended) -> FarmError | None:
    """Recognise a source that cannot be opened or decoded, and name it."""
    inputs = _inputs(ended.argv)
    for line in ended.errors:
        if found := _OPENING.search(line):
            return _unopened(ended, found["path"])
        if (found := _NOT_DECODED.search(line)) and (
            source := _source(ended, _name(inputs, int(found["input"])))
        ):
            return unreadable(source, "nothing in it can be decoded", ended.facts)
        for name in inputs:  # FFmpeg before 6.1 says "NAME: REASON"
            if message_of(line).startswith(f"{name}: "):
                return _unopened(ended, name)
    return None


def _unopened(ended: Ended, name: str) -> FarmError | None:
    source = _source(ended, name)
    if source is None:
        return None
    said = "\n".join(ended.errors)
    if "No such file or directory" in said:
        return missing(source, ended.facts)
    if "Permission denied" in said:
        return unreadable(source, "the farm has no right to read it", ended.facts)
    if "Invalid data found" in said or "moov atom not found" in said:
        return unreadable(source, _reason(ended), ended.facts)
    return None


def missing(source: str | Path, facts: dict[str, Fact] | None = None) -> MediaMissing:
    """Return the error for a source that is not there."""
    return MediaMissing(
        f"{source} is not there: put the file back, or correct its path",
        **{"source": str(source), **(facts or {})},
    )


def unreadable(
    source: str | Path, why: str, facts: dict[str, Fact] | None = None
) -> MediaUnreadable:
    """Return the error for a source that is there and cannot be used."""
    return MediaUnreadable(
        f"{source} cannot be read as media ({why}): "
        "replace it by a sound copy, or export it again",
        **{"source": str(source), **(facts or {})},
    )


def _inputs(argv: tuple[str, ...]) -> list[str]:
    return [argv[n + 1] for n, word in enumerate(argv[:-1]) if word == "-i"]


def _name(inputs: list[str], number: int) -> str:
    return inputs[number] if number < len(inputs) else ""


def _source_of(ended: Ended, line: str) -> str:
    """Return the source that a line is about, in words if it says none."""
    found = _INPUT.search(line)
    name = _name(_inputs(ended.argv), int(found["input"])) if found else ""
    return _source(ended, name) or "a source"


def _source(ended: Ended, name: str) -> str | None:
    """Return the source of this name; ``None`` for what the farm made itself."""
    path = name.removeprefix("file:")
    if path in ended.sources or (not ended.sources and Path(path).is_absolute()):
        return path
    return None


def _what_it_says(ended: Ended) -> FarmError | None:
    for saying in _SAYINGS:
        for line in ended.errors:
            if found := saying.pattern.search(line):
                name = found.groupdict().get("name") or _encoder(ended.errors)
                broken = saying.error is EncoderMissing
                reason = _reason(ended) if broken else message_of(line)
                sentence = saying.sentence.format(
                    name=name,
                    reason=reason,
                    source=_source_of(ended, line),
                    folder=ended.folder,
                )
                return saying.error(sentence, **ended.facts)
    return None


def _encoder(errors: tuple[str, ...]) -> str:
    found = re.search(r"[va]ost#\S+/(\w+) ", "\n".join(errors))
    return found[1] if found else "chosen"


def _reason(ended: Ended) -> str:
    """Return the line that says most: of the output side first, not its echoes."""
    telling = [line for line in ended.errors if not is_empty_word(line)]
    ours = [line for line in telling if is_output_side(line)]
    for line in [*ours, *telling, *ended.log.splitlines()[-1:]]:
        return message_of(line)
    return "it left no word why"

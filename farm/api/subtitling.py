"""Subtitles of timelines: from a file into a render, and into a file beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from farm.api.output import absolute
from farm.api.source import media_rules, read_timeline
from farm.errors import InvalidOption
from farm.timeline.check import lay_out, written_duration
from farm.timeline.clip import Clip
from farm.timeline.load import Loaded, with_cues
from farm.timeline.subtitles import Cue, Subtitles
from farm.timeline.title import TitleMedia

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm.api.source import Source
    from farm.timeline.timeline import Timeline

SIDECARS = (".srt", ".vtt", ".ass")
_WAYS = ("burn", "stream")


def read_subtitle_file(
    path: str | os.PathLike[str] | None, style: str | None, show: str
) -> Subtitles | None:
    """Return what a render adds to its timeline; `None`: nothing.

    Args:
        path: of the file; its name may say the language (``film.en.srt``).
        style: how they look; by default as the file says, or ``basic-white``.
        show: ``burn`` or ``stream``.

    Raises:
        InvalidOption: when one of them is not as it should be.
    """
    if show not in _WAYS:
        wanted = " or ".join(_WAYS)
        raise InvalidOption(f"subtitles_as is {wanted}, not {show!r}")
    if path is None:
        if style is not None or show != "burn":
            raise InvalidOption("a style or a way of subtitles needs a file of them")
        return None
    from farm.timeline.subtitle_files import read_subtitles  # heavy

    file = absolute(path)
    read_subtitles(file)  # what cannot be read is wrong usage
    fields = {"path": str(file), "show": show}
    fields |= {} if style is None else {"style": style}
    fields |= _language(file)
    try:
        return Subtitles.model_validate(fields)
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"]
        raise InvalidOption(message.removeprefix("Value error, ")) from error


def _language(file: Path) -> dict[str, str]:
    word = Path(file.stem).suffix[1:]
    try:
        Subtitles.model_validate({"cues": [], "language": word})
    except ValidationError:
        return {}
    return {"language": word}


def add_subtitles(loaded: Loaded, subtitles: Subtitles | None) -> Loaded:
    """Return a timeline with further subtitles, read from their file."""
    if subtitles is None:
        return loaded
    more = (*loaded.timeline.subtitles, subtitles)
    timeline = loaded.timeline.model_copy(update={"subtitles": more})
    return with_cues(Loaded(timeline=timeline, warnings=loaded.warnings))


def write_subtitles(
    source: Source,
    output: str | os.PathLike[str],
    *,
    language: str | None = None,
    titles: bool = False,
    media_root: str | os.PathLike[str] | None = None,
    missing: str = "refuse",
) -> tuple[str, ...]:
    """Write the subtitles of a timeline into a file; return what is to be told.

    Args:
        source: a timeline of any form.
        output: ``*.srt``, ``*.vtt`` or ``*.ass``.
        language: of the subtitles, where there are several.
        titles: write the titles of its tracks instead.
        media_root: where missing media are looked for by name.
        missing: ``refuse``, or ``black`` in their place.

    Raises:
        InvalidTimeline: with all problems of the timeline.
        InvalidOption: when there is nothing to write, or it cannot be written.
    """
    from farm.ffmpeg.sidecar import find_cues, write_sidecar  # heavy

    path = absolute(output)
    if path.suffix.lower() not in SIDECARS:
        wanted = ", ".join(f"*{each}" for each in SIDECARS)
        raise InvalidOption(f"subtitles are written as {wanted}, not {path.name}")
    loaded = read_timeline(source, media_rules(media_root, missing))
    timeline = loaded.timeline
    if titles:
        chosen = Subtitles(cues=tuple(_titles(timeline)))
    else:
        chosen = _choose(timeline, language)
    cues = find_cues(chosen)
    if not cues:
        raise InvalidOption("there is nothing to write: no cue is on the timeline")
    size = timeline.width, timeline.height
    text = write_sidecar(path.suffix.lower(), chosen, cues, size=size)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", errors="replace")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or error
        raise InvalidOption(f"{path} cannot be written: {reason}") from error
    return loaded.warnings


def _choose(timeline: Timeline, language: str | None) -> Subtitles:
    given = [each for each in timeline.subtitles if each.enabled]
    if language is not None:
        try:
            wanted = Subtitles(cues=(), language=language).language
        except ValidationError as error:
            raise InvalidOption(f"{language!r} is no language (ISO 639)") from error
        given = [each for each in given if each.language == wanted]
    if len(given) == 1:
        return given[0]
    known = ", ".join(dict.fromkeys(each.language for each in timeline.subtitles))
    if not given and language is None:
        raise InvalidOption(
            "the timeline has no subtitles; its titles are written with --titles"
        )
    if not given:
        raise InvalidOption(f"there are no subtitles in {language}; there is: {known}")
    raise InvalidOption(f"there are {len(given)} subtitles: say the language ({known})")


def _titles(timeline: Timeline) -> Iterator[Cue]:
    """Yield what titles say, where the document says when."""
    for number, track in enumerate(timeline.tracks):
        if not track.enabled:
            continue
        laid_items = lay_out(
            track, f"tracks[{number}]", timeline.rate, written_duration
        )
        for laid in laid_items:
            item = track.items[laid.number]
            if not isinstance(item, Clip) or not isinstance(item.media, TitleMedia):
                continue
            if item.enabled and laid.start is not None and laid.end is not None:
                yield Cue(start=laid.start, end=laid.end, text=item.media.text)

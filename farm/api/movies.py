"""Submit what is played: renders, of one or several presets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from farm.api.output import check_output, check_output_folder
from farm.api.size import read_bytes
from farm.api.source import media_rules, read_timeline
from farm.api.submit import Submitter
from farm.api.subtitling import add_subtitles, read_subtitle_file
from farm.api.times import plain_range, read_time
from farm.errors import InvalidOption
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from farm.api.job import Job
    from farm.api.source import Source
    from farm.api.times import RangeLike


class Movies(Submitter):
    """Methods that submit what is played."""

    def render(  # noqa: PLR0913  # as many as the command has options
        self,
        timeline: Source,
        output: str | os.PathLike[str],
        *,
        preset: str | None = None,
        range: RangeLike | None = None,  # noqa: A002  # named as on the command line
        media_root: str | os.PathLike[str] | None = None,
        missing: str = "refuse",
        subtitles: str | os.PathLike[str] | None = None,
        subtitle_style: str | None = None,
        subtitles_as: str = "burn",
        priority: int = 4,
        device: str = "auto",
        segments: str | float = "auto",
        smart: str = "auto",
        vmaf: float | None = None,
        loudness: float | None = None,
        true_peak: float | None = None,
        max_bytes: int | str | None = None,
        use_cache: bool = True,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Render a timeline, or a range of it, into one file.

        With `device` ``gpu``, a GPU makes the picture as far as it can, and a farm that
        has none for it refuses; ``auto`` takes a GPU that encodes where one is served.
        What a GPU fails at is made again by the CPU; the result says why.
        With `smart` not ``off``, whole groups of pictures of untouched H.264 sources
        that fit the preset are copied instead of encoded.

        With `vmaf`, 1 to 100, each segment is made as small as it can be while its mean
        VMAF, measured against the composed picture, is no less; nothing is copied.
        With `loudness`, -70 to -5 LUFS, the whole sound is brought to it, and no peak
        is above `true_peak`, -9 to 0 dBTP (by default -1).
        With `max_bytes`, a number or such as ``"25MB"``, the file is as good as it can
        be with no more bytes; nothing is copied.
        Media that are not where the timeline says are looked for by name in
        `media_root`; with `missing` ``black``, those found nowhere are black or silent.
        With `subtitles`, a file of SubRip, WebVTT or ASS, they are burnt in (in a style
        by name), or with `subtitles_as` ``stream`` become a stream of the file.
        """
        media = media_rules(media_root, missing)
        more = read_subtitle_file(subtitles, subtitle_style, subtitles_as)
        options: dict[str, JsonValue] = {
            "preset": preset,
            "range": plain_range(range),
            "device": device,
            "segments": _read_segments(segments),
            "smart": smart,
            "vmaf": vmaf,
            "loudness": _read_loudness(loudness, true_peak),
            "max_bytes": None if max_bytes is None else read_bytes(max_bytes),
            "use_cache": use_cache,
        }
        new = NewJob(
            kind=JobKind.RENDER,
            spec=options,
            output=str(check_output(output, self.settings)),
            priority=priority,
            owner=owner,
            project=project,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        return self._submit_timeline(
            new,
            options,
            read=lambda: add_subtitles(read_timeline(timeline, media), more),
        )

    def renditions(  # noqa: PLR0913  # as many as the command has options
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        presets: Sequence[str],
        name: str | None = None,
        range: RangeLike | None = None,  # noqa: A002  # named as on the command line
        media_root: str | os.PathLike[str] | None = None,
        missing: str = "refuse",
        priority: int = 4,
        vmaf: float | None = None,
        loudness: float | None = None,
        true_peak: float | None = None,
        use_cache: bool = True,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Render a timeline or a film in several presets, into a folder, as one job.

        The files are called ``NAME-PRESET``, in each preset's usual container; the name
        is that of the file unless another is given. For `vmaf`, `loudness` and
        `true_peak` see `render`.
        """
        media = media_rules(media_root, missing)
        options: dict[str, JsonValue] = {
            "presets": list(presets),
            "name": _name_files(source, name),
            "range": plain_range(range),
            "vmaf": vmaf,
            "loudness": _read_loudness(loudness, true_peak),
            "use_cache": use_cache,
        }
        new = NewJob(
            kind=JobKind.RENDITIONS,
            spec=options,
            output=str(check_output_folder(output, self.settings)),
            priority=priority,
            owner=owner,
            project=project,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        return self._submit_source(new, options, source, media)

    def ladder(  # noqa: PLR0913  # as many as the command has options
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        rungs: Sequence[str] = (),
        hls: bool = True,
        dash: bool = True,
        range: RangeLike | None = None,  # noqa: A002  # named as on the command line
        media_root: str | os.PathLike[str] | None = None,
        missing: str = "refuse",
        priority: int = 4,
        use_cache: bool = True,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Make a timeline or a film in several sizes, for players that choose.

        The folder gets segments of CMAF, cut alike in every size, their sound once, and
        lists that point at them: ``index.m3u8`` and ``manifest.mpd``.

        Args:
            source: a timeline or a film.
            output: the folder.
            rungs: 2160p, 1440p, 1080p, 720p, 540p, 360p, 240p; by default all that are
                not larger than the source.
            hls: whether there are playlists of HLS.
            dash: whether there is a description of DASH.
            range: start and end in seconds of the source; by default all of it.
            media_root: where missing media of a timeline are looked for by name.
            missing: ``refuse``, or ``black`` in their place.
            priority: 0 (last) to 9 (first).
            use_cache: whether what is kept is used.
            owner: whose job it is.
            project: to which what is kept is counted.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: a second job with the same key is the first.

        Raises:
            InvalidOption: when a rung is unknown or larger than the source.
        """
        media = media_rules(media_root, missing)
        options: dict[str, JsonValue] = {
            "rungs": list(rungs),
            "hls": hls,
            "dash": dash,
            "range": plain_range(range),
            "use_cache": use_cache,
        }
        new = NewJob(
            kind=JobKind.LADDER,
            spec=options,
            output=str(check_output_folder(output, self.settings)),
            priority=priority,
            owner=owner,
            project=project,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        return self._submit_source(new, options, source, media)


def _name_files(source: Source, name: str | None) -> str:
    if name is None:
        path = source if isinstance(source, str | os.PathLike) else "film"
        return Path(path).stem
    if not name or "/" in name or name.startswith("."):
        raise InvalidOption(f"files cannot be called {name!r}")
    return name


def _read_loudness(loudness: float | None, true_peak: float | None) -> JsonValue:
    if loudness is None:
        if true_peak is not None:
            raise InvalidOption("a true peak is kept only together with a loudness")
        return None
    wanted: dict[str, JsonValue] = {"integrated": loudness}
    return wanted if true_peak is None else {**wanted, "true_peak": true_peak}


def _read_segments(segments: str | float) -> str:
    if segments in {"auto", "off"}:
        return str(segments)
    seconds = read_time(segments, name="length of segments")
    if not seconds:
        raise InvalidOption("the length of segments must be more than 0 seconds")
    return str(seconds)

"""Submit what is seen of sound: waveforms."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from farm.api.output import absolute, check_output, check_output_folder, check_sources
from farm.api.source import TIMELINE_SUFFIXES, media_rules, read_timeline
from farm.api.submit import Submitter
from farm.jobs.records import NewJob
from farm.jobs.status import JobKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic import JsonValue

    from farm.api.job import Job
    from farm.api.source import Source


class Sounds(Submitter):
    """Methods that submit what is seen of sound."""

    def waveform(  # noqa: PLR0913  # as many as the command has options
        self,
        source: Source,
        output: str | os.PathLike[str],
        *,
        width: int = 1200,
        height: int = 200,
        color: str = "#2f7ed8",
        samples_per_pixel: int = 256,
        zoom: Sequence[int] = (),
        format: str | None = None,  # noqa: A002  # named as on the command line
        bits: int = 16,
        split_channels: bool = False,
        media_root: str | os.PathLike[str] | None = None,
        missing: str = "refuse",
        priority: int = 4,
        owner: str | None = None,
        project: str | None = None,
        webhook: str | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Write or draw the peaks of a file's first sound, or of a timeline's mix.

        Args:
            source: a media file, or a timeline.
            output: ``*.dat`` or ``*.json`` in the format of audiowaveform, version 2,
                or ``*.png``; with `zoom`, a folder.
            width: of a drawing, 2 to 16,384 pixels.
            height: of a drawing, 2 to 4,096 pixels.
            color: of a drawing, as ``#rrggbb``; its ground is transparent.
            samples_per_pixel: samples that a pair of peaks stands for, from 1.
            zoom: several of them; each becomes ``waveform-N.dat`` in the folder.
            format: ``dat``, ``json`` or ``png``; by default the output's suffix.
            bits: of each peak, 8 or 16.
            split_channels: peaks of each channel, instead of those of their mean.
            media_root: where missing media of a timeline are looked for by name.
            missing: ``refuse``, or ``black`` in their place.
            priority: 0 (last) to 9 (first).
            owner: whose job it is.
            project: to which what is kept is counted.
            webhook: a URL that is told of it, as by `Job.notify`.
            idempotency_key: a second job with the same key is the first.
        """
        media = media_rules(media_root, missing)
        target = (
            check_output_folder(output, self.settings)
            if zoom
            else check_output(output, self.settings)
        )
        by_suffix = "dat" if zoom else target.suffix.lower().removeprefix(".")
        options: dict[str, JsonValue] = {
            "format": format or (by_suffix if by_suffix in _FORMATS else "dat"),
            "samples_per_pixel": samples_per_pixel,
            "zoom": list(zoom),
            "bits": bits,
            "split_channels": split_channels,
            "width": width,
            "height": height,
            "color": color,
        }
        new = NewJob(
            kind=JobKind.WAVEFORM,
            spec=options,
            output=str(target),
            priority=priority,
            owner=owner,
            project=project,
            webhook=webhook,
            idempotency_key=idempotency_key,
        )
        film = _media(source)
        if film is not None:
            check_sources(target, {str(film)})
            spec: dict[str, JsonValue] = {
                **options,
                "media": str(film),
                "output": str(target),
            }
            return self._submit(replace(new, spec=spec))
        return self._submit_timeline(
            new, options, read=lambda: read_timeline(source, media)
        )


_FORMATS = ("png", "json", "dat")


def _media(source: Source) -> Path | None:
    """Return the path of a media file; ``None`` of a timeline."""
    if not isinstance(source, str | os.PathLike):
        return None
    path = absolute(source)
    return None if path.suffix.lower() in TIMELINE_SUFFIXES else path

"""Render a timeline as pieces cut anywhere, for comparison with the whole."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.ffmpeg.encode import build_segment_command
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.probe import probe_media
from farm.ffmpeg.run import run
from farm.ffmpeg.shaky import build_shaky_command, read_motions
from farm.kinds.fonts import link_fonts
from farm.presets.catalog import find_preset
from farm.timeline.clip import Clip
from farm.timeline.load import load_timeline
from farm.timeline.place import place
from farm.timeline.shaky import give_motions
from farm.timeline.slice import slice_picture
from tests.integration.render.measure import Film, decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.ffmpeg.command import Command
    from farm.presets.preset import Preset
    from farm.settings import Settings
    from farm.timeline.composition import Composition
    from farm.timeline.media import MediaFacts
    from farm.timeline.steady import Motion, ShakyFilm


@dataclass(slots=True, kw_only=True)
class Cutter:
    """Renders pieces of a timeline losslessly."""

    settings: Settings
    preset: Preset = field(default_factory=lambda: find_preset("lossless"))
    facts: dict[str, MediaFacts] = field(default_factory=dict)
    motions: dict[ShakyFilm, tuple[Motion, ...]] = field(default_factory=dict)
    whole: Film | None = None
    """The timeline in one piece, where one was compared."""

    def compose(self, document: dict[str, Any]) -> Composition:
        """Place a timeline on the facts of its media."""
        timeline = load_timeline(document).timeline
        for track in timeline.tracks:
            for item in track.items:
                for path in item.paths if isinstance(item, Clip) else ():
                    if path not in self.facts:
                        self.facts[path] = probe_media(Path(path))
        return place(timeline, self.facts).composition

    def command(self, composition: Composition, start: int, end: int) -> Command:
        """Return the command of one piece."""
        size = composition.width // 2 * 2, composition.height // 2 * 2
        picture = slice_picture(composition, start, end)
        return build_segment_command(
            give_motions(picture, self._find_motions),
            self.preset,
            size=size,
            threads=1,
        )

    def _find_motions(self, film: ShakyFilm) -> tuple[Motion, ...]:
        """Look once at a clip whose camera is steadied."""
        if film not in self.motions:
            with tempfile.TemporaryDirectory() as folder:
                command = build_shaky_command(film, threads=1)
                run(
                    command,
                    ffmpeg=find_ffmpeg(self.settings),
                    scratch=Path(folder),
                    stall_seconds=60,
                    limit_seconds=120,
                )
                found = Path(folder) / command.output
                self.motions[film] = read_motions(found, film)
        return self.motions[film]

    def piece(self, composition: Composition, start: int, end: int) -> Film:
        """Render frames `start` to `end` on their own."""
        command = self.command(composition, start, end)
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder)
            if command.files:
                link_fonts(scratch, self.settings, command.files.values())
            run(
                command,
                ffmpeg=find_ffmpeg(self.settings),
                scratch=scratch,
                stall_seconds=60,
                limit_seconds=120,
            )
            return decode(scratch / command.output)

    def differing(self, document: dict[str, Any], cuts: Sequence[int]) -> list[int]:
        """Return the frames that differ between the whole and its pieces."""
        composition = self.compose(document)
        self.whole = self.piece(composition, 0, composition.frames)
        whole = self.whole.digests
        assert len(whole) == composition.frames
        inner = [cut for cut in sorted(set(cuts)) if 0 < cut < composition.frames]
        edges = [0, *inner, composition.frames]
        pieced = [
            digest
            for start, end in itertools.pairwise(edges)
            for digest in self.piece(composition, start, end).digests
        ]
        assert len(pieced) == len(whole)
        return [
            at
            for at, pair in enumerate(zip(whole, pieced, strict=True))
            if pair[0] != pair[1]
        ]

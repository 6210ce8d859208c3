"""What the plan wrote for the tasks that make pictures, as records."""

from __future__ import annotations

from fractions import Fraction  # pydantic reads the annotations

from farm.kinds.payload import Payload
from farm.timeline.composition import FilmSource
from farm.timeline.slice import PictureSlice


class FilmPayload(Payload):
    """Pictures to be taken out of a film."""

    source: FilmSource
    start: Fraction
    """The part of the film that is meant, in seconds on the file's own clock."""
    end: Fraction
    size: tuple[int, int]
    suffix: str
    threads: int


class ThumbnailsPayload(FilmPayload):
    """Pictures of a film, evenly placed."""

    count: int
    exact: bool
    representative: bool


class ComposedPicture(Payload):
    """One frame of a timeline, and when it is shown."""

    time: Fraction
    picture: PictureSlice


class PicturesPayload(Payload):
    """Pictures of a film, or of a timeline."""

    source: FilmSource | None
    """The film; ``None``: of a timeline, with its `pictures`."""
    pictures: tuple[ComposedPicture, ...]
    start: Fraction
    end: Fraction
    size: tuple[int, int]
    """Of one picture."""
    suffix: str
    threads: int

    def sources(self) -> tuple[str, ...]:
        """Return the paths of all files that are seen."""
        if self.source is not None:
            return (self.source.path,)
        found = [path for each in self.pictures for path in each.picture.sources()]
        return tuple(dict.fromkeys(found))


class FramesPayload(PicturesPayload):
    """Frames of a timeline, or those of a film that a strategy finds."""

    strategy: str | None
    every: Fraction
    threshold: float
    offset: Fraction
    cues: tuple[tuple[Fraction, Fraction], ...] | None
    limit: int | None
    scores: bool


class StoryboardPayload(PicturesPayload):
    """Pictures of a film, or of a timeline, on sheets."""

    count: int
    step: Fraction
    """Seconds that a picture stands for; the last one may stand for less."""
    columns: int
    exact: bool
    stills: bool
    strip: bool


class FramePayload(Payload):
    """One picture to be made."""

    picture: PictureSlice
    size: tuple[int, int]
    suffix: str
    threads: int

"""Tracks of projects as the editor holds and saves them, in camel case."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from farm.timeline.doors.cut import Course, cut_out
from farm.timeline.doors.sheet import MOST_PIECES, Join, Piece, Sheet, raise_sheet
from farm.timeline.doors.studio.look import read_speed, with_look
from farm.timeline.doors.studio.media import read_media
from farm.timeline.doors.studio.style import lay_style, style_of
from farm.timeline.doors.studio.text import read_text

if TYPE_CHECKING:
    from farm.timeline.doors.fields import Fields
    from farm.timeline.doors.lay import Screen
    from farm.timeline.doors.studio.resources import Resources

_SOUNDS = {"audio", "music", "voiceover", "sfx", "ambient"}
_TEXTS = {"title", "subtitle"}
_DEEPEST = 20
_MEDIA = ("mediaId", "mediaFile", "media", "generatorId", "path", "filePath")


def in_order(tracks: list[Fields]) -> list[Fields]:
    """Return tracks from bottom to top: a higher ``order`` lies above."""
    return sorted(tracks, key=lambda track: track.number("order") or 0)


class TrackReader:
    """Reads the tracks of a project, and of the sequences nested in it."""

    def __init__(
        self, resources: Resources, screen: Screen, sequences: dict[str, Fields]
    ) -> None:
        self._resources = resources
        self._screen = screen
        self._sequences = sequences
        self._pieces = 0

    def sequence(self, name: str, depth: int) -> Sheet:
        """Return what a sequence shows."""
        given = self._sequences[name]
        if depth > _DEEPEST:
            given.refuse(f"sequences are nested more than {_DEEPEST} deep")
            return Sheet()
        self._resources.add(given)
        composition = given.object("composition")
        holder = composition if composition.raw("tracks") is not None else given
        if composition.raw("automation"):
            composition.warn("is left out", "automation")
        return self.tracks(in_order(list(holder.objects("tracks"))), depth)

    def tracks(self, tracks: list[Fields], depth: int) -> Sheet:
        """Return what tracks show, from bottom to top."""
        sheet = Sheet()
        is_solo = any(track.raw("isSolo") is True for track in tracks)
        for level, track in enumerate(tracks, start=1):
            self._track(track, level, sheet, depth=depth, is_solo=is_solo)
        return sheet

    def _track(
        self, track: Fields, level: int, sheet: Sheet, *, depth: int, is_solo: bool
    ) -> None:
        word = track.text("type", "trackType", default="video").lower()
        kind = "audio" if word in _SOUNDS else "video"
        is_seen = not track.flag("isHidden", "hidden", default=False)
        muted = track.flag("isMuted", "muted", default=False)
        if is_solo and track.raw("isSolo") is not True:
            muted = True
        sheet.tracks[kind, (level,)] = {
            "name": track.text("name"),
            "enabled": track.flag("enabled", default=True)
            and (is_seen or kind == "audio"),
            "muted": muted,
            "volume": track.plain("volume", default=1, low=0, high=16),
            "pan": track.plain("pan", default=0, low=-1, high=1),
        }
        for name in ("trackEffects", "trackFilters"):
            if track.raw(name):
                track.warn("on a whole track are left out", name)
        clips: list[tuple[Piece, Fields]] = []
        for clip in track.objects("clips"):
            if word in _TEXTS or (clip.raw("text") and not clip.raw("mediaId")):
                size = (self._screen.width, self._screen.height)
                piece = read_text(clip, level=(level,), size=size)
                sheet.pieces += [piece] if piece else []
            elif nested := self._nested(clip, level, depth):
                sheet.add(nested)
            else:
                style = style_of(clip, self._resources) if kind == "video" else None
                has_media = any(clip.raw(name) for name in _MEDIA)
                piece = None
                if style is None or has_media:
                    piece = self._clip(clip, kind, level)
                    clips += [(piece, clip)] if piece else []
                above = lay_style(clip, style, (level,), piece) if style else None
                sheet.pieces += [above] if above else []
        clips.sort(key=lambda pair: pair[0].start)
        self._join(clips, sheet)

    def _nested(self, clip: Fields, level: int, depth: int) -> Sheet | None:
        """Return what a clip shows that is a sequence."""
        named = clip.text("sequenceId", "nestedSequenceId") or clip.text("mediaId")
        if named not in self._sequences:
            return None
        inner = self.sequence(named, depth + 1)
        self._count(len(inner.pieces), clip)
        start = clip.seconds("startTime") or Fraction(0)
        begin = clip.seconds("mediaStartTime", "offset") or Fraction(0)
        speed = read_speed(clip)
        usual = max((piece.end for piece in inner.pieces), default=Fraction(0)) - begin
        length = clip.seconds("duration", default=None)
        length = usual / speed if length is None else length
        course = Course(
            low=begin, high=begin + length * speed, to=start, speed=speed,
            backwards=clip.flag("isReversed", default=False),
        )  # fmt: skip
        cut = cut_out(inner, course)
        return raise_sheet(cut, (level,))

    def _count(self, pieces: int, clip: Fields) -> None:
        self._pieces += pieces
        if self._pieces > MOST_PIECES:
            clip.refuse(f"with it there are more than {MOST_PIECES:,} clips")
            clip.notes.raise_problems("the project")

    def _clip(self, clip: Fields, kind: str, level: int) -> Piece | None:
        media, known = read_media(clip, kind, self._resources)
        if media is None:
            return None
        self._count(1, clip)
        speed = read_speed(clip)
        start = clip.seconds("startTime", "start_time") or Fraction(0)
        begin = clip.seconds("mediaStartTime", "sourceStart", "offset") or Fraction(0)
        finish = clip.number("mediaEndTime", "sourceEnd")
        length = clip.number("duration")
        if length is None and finish is not None:
            length = (finish - begin) / speed
        if length is None and clip.raw("endTime") is not None:
            length = (clip.number("endTime") or Fraction(0)) - start
        length = known if length is None else length
        if length is None or length <= 0:
            clip.refuse("needs a duration of more than 0 seconds", "duration")
            return None
        piece = Piece(
            place=clip.place,
            kind=kind,
            level=(level,),
            start=start,
            length=length,
            media=media,
            source=begin,
            speed=speed,
        )
        return with_look(piece, clip, self._resources)

    def _join(self, clips: list[tuple[Piece, Fields]], sheet: Sheet) -> None:
        """Take over the clips of a track, with the transitions that they name."""
        pieces = [piece for piece, _ in clips]
        for at, (_, clip) in enumerate(clips):
            for given in clip.objects("transitions"):
                piece = pieces[at]
                length = given.seconds("duration", default=1) or Fraction(1)
                word = given.text("type", "position", default="cross").lower()
                kind = self._resources.transition(given)
                if word == "in":
                    when, before, after = piece.start, Fraction(0), length
                elif word == "out" or at + 1 == len(pieces):
                    when, before, after = piece.end, length, Fraction(0)
                else:
                    later = pieces[at + 1]
                    overlap = max(piece.end - later.start, Fraction(0))
                    if overlap:
                        length = overlap
                        half = overlap / 2
                        pieces[at] = piece.part(Fraction(0), piece.length - half)
                        pieces[at + 1] = later.part(half, later.length - half)
                    when, before, after = pieces[at].end, length / 2, length / 2
                sheet.joins.append(
                    Join(
                        place=given.place,
                        track=piece.kind,
                        level=piece.level,
                        at=when,
                        before=before,
                        after=after,
                        kind=kind,
                    )
                )
        for early, late in pairwise(pieces):
            if early.end - late.start >= 1 / self._screen.rate:
                message = "overlaps the clip before it and lies above it"
                clips[0][1].notes.warn(late.place, message)
        sheet.pieces += pieces

"""Changes to all that a clip or a nest of FCPXML shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from farm.timeline.doors.cut import cut_moves
from farm.timeline.doors.sheet import Piece, Sheet, without

if TYPE_CHECKING:
    from fractions import Fraction

    from farm.timeline.doors.fcpxml.look import Look


def moved(sheet: Sheet, by: Fraction) -> Sheet:
    """Return it, later."""
    return Sheet(
        pieces=[replace(piece, start=piece.start + by) for piece in sheet.pieces],
        joins=[replace(join, at=join.at + by) for join in sheet.joins],
        tracks=sheet.tracks,
    )


def switched_off(sheet: Sheet) -> Sheet:
    """Return it, switched off."""
    return replace(sheet, pieces=[replace(p, enabled=False) for p in sheet.pieces])


def only(sheet: Sheet, what: str) -> Sheet:
    """Return the picture (``video``) alone, or the sound (``audio``) alone."""
    if what == "video":
        silent = [
            replace(p, fields={**p.fields, "muted": True})
            for p in sheet.pieces
            if p.kind == "video"
        ]
        return replace(sheet, pieces=silent)
    heard = [
        replace(p, kind="audio", fields={"volume": p.fields.get("volume", 1)})
        for p in sheet.pieces
        if p.media["type"] == "file" and not p.fields.get("muted")
    ]
    return Sheet(pieces=heard)


def under(sheet: Sheet, look: Look, name: str, length: Fraction) -> Sheet:
    """Apply what is said of a clip to all that it shows, from 0 to its length."""
    pieces = [
        replace(piece, fields=_told(piece, look, length), name=piece.name or name)
        for piece in sheet.pieces
    ]
    return replace(sheet, pieces=pieces)


def _told(piece: Piece, look: Look, length: Fraction) -> dict[str, Any]:
    if piece.kind == "caption":
        return dict(piece.fields)
    is_seen = piece.kind == "video"
    given = {k: v for k, v in look.fields.items() if is_seen or k in look.sound}
    if piece.start > 0:
        given = without(given, "fade_in", "video_fade_in")
    if piece.end < length:
        given = without(given, "fade_out", "video_fade_out")
    fields = {**piece.fields, **given}
    if piece.media["type"] != "file":
        fields.pop("crop", None)
    if "opacity" in piece.fields and "opacity" in given:
        fields["opacity"] = piece.fields["opacity"] * given["opacity"]
    moves = {
        name: keys
        for name, keys in look.animation.items()
        if is_seen or name == "volume"
    }
    if moves:
        known = piece.fields.get("animation", {})
        fields["animation"] = {**known, **cut_moves(moves, piece.start, piece.end)}
    return fields

"""Write playlists of HTTP Live Streaming (RFC 8216)."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from farm.manifest.package import Track

_GROUP = "sound"


def build_media_playlist(
    track: Track, *, listed: int, target_seconds: int, has_ended: bool, grows: bool
) -> str:
    """Return the playlist of the first segments of a track.

    Args:
        track: with at least these segments.
        listed: how many there are.
        target_seconds: no segment is longer; it may not change while a playlist grows.
        has_ended: whether no more will come.
        grows: whether it was, or is, played before all of it is there.
    """
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{target_seconds}",
        "#EXT-X-MEDIA-SEQUENCE:1",
        f"#EXT-X-PLAYLIST-TYPE:{'EVENT' if grows else 'VOD'}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{track.init_name}"',
    ]
    for number, seconds in enumerate(_lengths(track)[:listed], start=1):
        lines += [f"#EXTINF:{seconds},", track.piece_name(number)]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if has_ended else []), ""])


def build_multivariant_playlist(pictures: Sequence[Track], sound: Track | None) -> str:
    """Return the playlist that names the others, the first picture first."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if sound:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{_GROUP}",NAME="{sound.name}",'
            f"DEFAULT=YES,AUTOSELECT=YES,"
            f'CHANNELS="{sound.channels}",URI="{sound.list_name}"'
        )
    for picture in pictures:
        lines += [_variant(picture, sound), picture.list_name]
    return "\n".join([*lines, ""])


def _variant(picture: Track, sound: Track | None) -> str:
    played = [picture, sound] if sound else [picture]
    width, height = picture.size or (0, 0)
    attributes = [
        f"BANDWIDTH={sum(track.peak_bits for track in played)}",
        f"AVERAGE-BANDWIDTH={sum(track.mean_bits for track in played)}",
        f"RESOLUTION={width}x{height}",
        f"FRAME-RATE={float(picture.rate or 0):.3f}",
        f'CODECS="{",".join(track.codec for track in played)}"',
        *([f'AUDIO="{_GROUP}"'] if sound else []),
    ]
    return f"#EXT-X-STREAM-INF:{','.join(attributes)}"


def _lengths(track: Track) -> list[str]:
    """Return the length of each segment in seconds, to a microsecond.

    Ends are rounded, not lengths: errors of many segments would add up.
    """
    ends = itertools.accumulate((piece.ticks for piece in track.pieces), initial=0)
    micros = [round(Fraction(end, track.ticks_a_second) * 1_000_000) for end in ends]
    return [
        f"{(end - start) // 1_000_000}.{(end - start) % 1_000_000:06}"
        for start, end in itertools.pairwise(micros)
    ]

"""Write the media presentation description of DASH (ISO/IEC 23009-1), all of it there.

It points at the same files as the playlists of HLS.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from farm.manifest.package import Track

_PROFILES = "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019"
_CHANNELS = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011"


def build_mpd(
    pictures: Sequence[Track], sound: Track | None, *, target_seconds: int
) -> str:
    """Return the description of pictures in several sizes, and their sound."""
    root = ET.Element(
        "MPD",
        {
            "xmlns": "urn:mpeg:dash:schema:mpd:2011",
            "profiles": _PROFILES,
            "type": "static",
            "mediaPresentationDuration": _duration(pictures[0].seconds),
            "maxSegmentDuration": f"PT{target_seconds}S",
            "minBufferTime": f"PT{target_seconds}S",
        },
    )
    period = ET.SubElement(root, "Period", {"id": "0", "start": "PT0S"})
    _add_pictures(period, pictures)
    if sound is not None:
        _add_sound(period, sound)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _add_pictures(period: ET.Element, pictures: Sequence[Track]) -> None:
    adaptation = _adaptation(period, "video")
    _add_template(adaptation, pictures[0])
    for picture in pictures:
        width, height = picture.size or (0, 0)
        rate = picture.rate or pictures[0].ticks_a_second
        ET.SubElement(
            adaptation,
            "Representation",
            {
                **_representation(picture),
                "width": str(width),
                "height": str(height),
                "sar": "1:1",
                "frameRate": str(rate),
            },
        )


def _add_sound(period: ET.Element, sound: Track) -> None:
    adaptation = _adaptation(period, "audio")
    _add_template(adaptation, sound)
    representation = ET.SubElement(
        adaptation,
        "Representation",
        {**_representation(sound), "audioSamplingRate": str(sound.ticks_a_second)},
    )
    ET.SubElement(
        representation,
        "AudioChannelConfiguration",
        {"schemeIdUri": _CHANNELS, "value": str(sound.channels)},
    )


def _adaptation(period: ET.Element, kind: str) -> ET.Element:
    return ET.SubElement(
        period,
        "AdaptationSet",
        {
            "contentType": kind,
            "mimeType": f"{kind}/mp4",
            "segmentAlignment": "true",
            "startWithSAP": "1",
        },
    )


def _representation(track: Track) -> dict[str, str]:
    return {
        "id": track.name,
        "codecs": track.codec,
        "bandwidth": str(track.peak_bits),
    }


def _add_template(adaptation: ET.Element, track: Track) -> None:
    """Say where segments begin: the same in all representations."""
    template = ET.SubElement(
        adaptation,
        "SegmentTemplate",
        {
            "timescale": str(track.ticks_a_second),
            "initialization": "$RepresentationID$-init.mp4",
            "media": "$RepresentationID$-$Number%05d$.m4s",
            "startNumber": "1",
        },
    )
    line = ET.SubElement(template, "SegmentTimeline")
    start = 0
    for ticks, group in itertools.groupby(piece.ticks for piece in track.pieces):
        count = len(list(group))
        entry = {"t": str(start), "d": str(ticks)}
        if count > 1:
            entry["r"] = str(count - 1)
        ET.SubElement(line, "S", entry)
        start += count * ticks


def _duration(seconds: Fraction) -> str:
    return f"PT{float(seconds):.6f}S"

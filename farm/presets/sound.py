"""How sound alone is encoded, by the suffix of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.presets.preset import AudioEncoding

if TYPE_CHECKING:
    from collections.abc import Mapping

_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000,
              11025, 8000)  # fmt: skip
_MP3_RATES = (48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
_OPUS_RATES = (48000,)
#: The most channels that a format takes.
MOST_CHANNELS: Mapping[str, int] = {".mp3": 2}


def _encoding(
    suffix: str,
    encoder: str,
    codec: str,
    *,
    kbps: int | None = None,
    rates: tuple[int, ...] = (),
) -> AudioEncoding:
    return AudioEncoding(
        encoder=encoder,
        codec=codec,
        bitrate_kbps=kbps,
        piece_suffix=suffix,
        sample_rates=rates,
        exact_samples=kbps is None,
    )


SOUNDS: Mapping[str, AudioEncoding] = {
    each.piece_suffix: each
    for each in (
        _encoding(".m4a", "aac", "aac", kbps=192, rates=_AAC_RATES),
        _encoding(".mp3", "libmp3lame", "mp3", kbps=192, rates=_MP3_RATES),
        _encoding(".wav", "pcm_s16le", "pcm_s16le"),
        _encoding(".flac", "flac", "flac"),
        _encoding(".opus", "libopus", "opus", kbps=160, rates=_OPUS_RATES),
    )
}
#: Of sources with more than 16 bits a sample.
DEEP_WAV = _encoding(".wav", "pcm_s24le", "pcm_s24le")

"""Commands for waveforms: decode sound into a pipe, and keep a drawing as PNG."""

from __future__ import annotations

from farm.ffmpeg.command import Command

#: Missing sound is silence; see `farm.ffmpeg.audio`.
_WHOLE = "aresample=async=1:min_hard_comp=0.03:first_pts=0:out_sample_fmt=s16"
#: Handing on blocks as small as an AAC frame costs as much as decoding them.
_TOGETHER = 65536
PIPE = "samples.pcm"
"""Name of the pipe in the scratch folder."""
DRAWING = "drawing.pam"
"""Name of the drawing in the scratch folder."""


def build_samples_command(
    path: str, *, stream: int, sample_rate: int, channels: int, seconds: float | None
) -> Command:
    """Decode a sound stream to interleaved 16-bit PCM, from the file's start.

    Where the stream starts later than the file, or is missing for a while, there is
    silence, as in a render.

    Args:
        path: of the file.
        stream: its number in the file.
        sample_rate: in Hz; all of it is brought to this.
        channels: as many as the stream begins with.
        seconds: length by the header, for the progress.
    """
    return Command(
        arguments=(
            *("-protocol_whitelist", "file", "-vn", "-sn", "-dn"),
            *("-i", f"file:{path}", "-map", f"0:{stream}"),
            *("-af", f"{_WHOLE},asetnsamples={_TOGETHER}:p=0"),
            *("-c:a", "pcm_s16le", "-ar", str(sample_rate), "-ac", str(channels)),
            *("-f", "s16le", PIPE),
        ),
        output=PIPE,
        sources=(path,),
        seconds=seconds,
    )


def build_drawing_command() -> Command:
    """Keep the drawing in the scratch folder as PNG."""
    name = "waveform.png"
    return Command(
        arguments=(
            *("-f", "pam_pipe", "-i", DRAWING),
            *("-c:v", "png", "-pix_fmt", "rgba", "-frames:v", "1"),
            *("-f", "image2", "-update", "1", name),
        ),
        output=name,
        frames=1,
    )

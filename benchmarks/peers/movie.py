"""The benchmark's three clips with two dissolves, as MoviePy's documentation shows it.

``python movie.py EDIT.json OUTPUT``, with the interpreter that MoviePy is installed
for. The file says which clips, from when and how long; `IMAGEIO_FFMPEG_EXE` names the
FFmpeg that encodes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    """Compose and encode."""
    from moviepy import CompositeVideoClip, VideoFileClip, afx, vfx

    edit = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    half = edit["dissolve"] / 2
    shown = []
    last = len(edit["clips"]) - 1
    for number, path in enumerate(edit["clips"]):
        before = half if number > 0 else 0.0
        after = half if number < last else 0.0
        begin = edit["head"] - before
        clip = VideoFileClip(path).subclipped(
            begin, edit["head"] + edit["shown"] + after
        )
        effects = []
        if before:
            effects += [
                vfx.CrossFadeIn(edit["dissolve"]),
                afx.AudioFadeIn(edit["dissolve"]),
            ]
        if after:
            effects.append(afx.AudioFadeOut(edit["dissolve"]))
        start = number * edit["shown"] - before
        shown.append(clip.with_effects(effects).with_start(start))
    film = CompositeVideoClip(shown)
    film = film.with_duration(edit["shown"] * len(shown))
    film.write_videofile(
        sys.argv[2],
        fps=edit["rate"],
        codec="libx264",
        preset=edit["preset"],
        audio_codec="aac",
        audio_bitrate=edit["audio_bitrate"],
        ffmpeg_params=["-crf", edit["crf"], "-pix_fmt", "yuv420p"],
        logger=None,
    )


if __name__ == "__main__":
    main()

"""Compare a finished file with the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.errors import OutputWrong
from farm.ffmpeg.verify import PictureFound, SoundFound, scan_picture, scan_sound
from farm.kinds.facts import file_facts
from farm.kinds.light import find_light_problems, tell_light

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import JsonValue

    from farm.kinds.payload import ConcatPayload


#: Coded sound comes in blocks; a decoder may give up to two of them more.
_BLOCK_SAMPLES = 2048
#: Containers whose clock ticks in milliseconds move a frame by less than this.
CLOCK_SECONDS = 0.0011


def check_output(path: Path, payload: ConcatPayload) -> dict[str, JsonValue]:
    """Compare a finished file with the plan; return its facts.

    Every frame was decoded in its segment; here the join is checked by its packets,
    and the sound is decoded to the end.

    Raises:
        OutputWrong: with everything that differs.
    """
    picture = scan_picture(path, decode=False)
    sound = scan_sound(path) if payload.sound else None
    wrong = [*_picture_problems(picture, payload), *_sound_problems(sound, payload)]
    dynamic = payload.preset.video.range
    if dynamic != "sdr":
        wrong += find_light_problems(path, picture, payload.preset.video)
    if wrong:
        message = f"the joined file is wrong: {'; '.join(wrong)}"
        raise OutputWrong(message)
    facts = file_facts(path, picture=picture, rate=payload.rate, sound=sound)
    if dynamic != "sdr":
        facts["hdr"] = {"transfer": dynamic, **tell_light(payload.preset.video.light)}
    return facts


def _picture_problems(found: PictureFound, payload: ConcatPayload) -> list[str]:
    step = 1 / payload.rate
    problems = []
    if found.codec != payload.preset.video.codec:
        problems.append(f"its codec is {found.codec}")
    if found.frames != payload.frames:
        problems.append(f"it has {found.frames} frames instead of {payload.frames}")
    if (found.width, found.height) != payload.size:
        problems.append(f"it is {found.width}x{found.height}")
    if abs(found.first) > CLOCK_SECONDS:
        problems.append(f"its first frame is at {float(found.first):.4f} s")
    if found.frames > 1 and (
        found.shortest_step < step - CLOCK_SECONDS
        or found.longest_step > step + CLOCK_SECONDS
    ):
        problems.append(
            f"its frames are {float(found.shortest_step):.4f} to "
            f"{float(found.longest_step):.4f} s apart instead of {float(step):.4f} s"
        )
    return problems


def _sound_problems(found: SoundFound | None, payload: ConcatPayload) -> list[str]:
    if found is None:
        return []
    audio = payload.preset.audio
    wanted = payload.samples * found.sample_rate // payload.sample_rate
    more = found.samples - wanted
    allowed = 0 if audio.exact_samples else _BLOCK_SAMPLES
    problems = []
    if found.codec != audio.codec:
        problems.append(f"its sound is {found.codec}")
    if not (0 <= more <= allowed or (not audio.exact_samples and abs(more) <= 1)):
        problems.append(f"it has {found.samples} samples instead of {wanted}")
    return problems

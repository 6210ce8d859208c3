"""See that an HDR file tells of its colours and light what the plan wants."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from farm.ffmpeg.canvas import COLOR_TAGS
from farm.ffmpeg.verify import find_light

if TYPE_CHECKING:
    from pathlib import Path

    from farm.ffmpeg.verify import PictureFound
    from farm.presets.preset import VideoEncoding
    from farm.timeline.media import Light

#: Codecs round chromaticities to 1/65536, luminance to 1/10,000 cd/m² or less.
_LIGHT_NEAR = 1e-3


def find_light_problems(
    path: Path, found: PictureFound, encoding: VideoEncoding
) -> list[str]:
    """Return what an HDR file does not tell of its colours as the plan wants it."""
    tags = COLOR_TAGS[encoding.range]
    seen = {
        "color_primaries": found.primaries,
        "color_trc": found.transfer,
        "colorspace": found.matrix,
    }
    problems = [
        f"its {name} is {value} instead of {tags[name]}"
        for name, value in seen.items()
        if value != tags[name]
    ]
    wanted = tell_light(encoding.light)
    if wanted and not _is_near(wanted, tell_light(find_light(path))):
        problems.append(f"of its light it tells other than {wanted}")
    return problems


def tell_light(light: Light | None) -> dict[str, Any]:
    """Return what is told of light as plain data."""
    told = asdict(light) if light else {}
    return {name: value for name, value in told.items() if value is not None}


def _is_near(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    """Compare what is told; codecs round it."""
    if wanted.keys() != found.keys():
        return False
    return all(
        math.isclose(one, other, rel_tol=_LIGHT_NEAR, abs_tol=_LIGHT_NEAR)
        for name in wanted
        for one, other in zip(_flat(wanted[name]), _flat(found[name]), strict=True)
    )


def _flat(value: Any) -> list[float]:  # noqa: ANN401  # numbers, in tuples or not
    if isinstance(value, tuple | list):
        return [number for part in value for number in _flat(part)]
    return [float(value)]

"""Pictures that are drawn once and laid over every frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.model import Merge, Still, filter_of

if TYPE_CHECKING:
    from farm.effects.model import Scene, Step, Steps

#: A number from 0 to 1 for each pixel that looks random: a usual hash of its place.
NOISE = "mod(abs(sin((X+{seed})*12.9898+Y*78.233)*43758.5453),1)"


def top_value(pix_fmt: str) -> int:
    """Return the largest value of a colour in a format."""
    if "16" in pix_fmt:
        return 65535
    return 1023 if "10" in pix_fmt else 255


def drawn(
    scene: Scene, red: str, green: str | None = None, blue: str | None = None
) -> Step:
    """Return one picture as large as the frame, held; values are 0 to 1."""
    top = top_value(scene.pix_fmt)
    options = {
        name: f"clip({each},0,1)*{top}"
        for name, each in (("r", red), ("g", green or red), ("b", blue or red))
    }
    return Still(steps=(filter_of("geq", **options),))


def over(mode: str, opacity: object, *steps: Step) -> Merge:
    """Return what lays a picture over the frames."""
    blend = filter_of(
        "blend", all_mode=mode, all_opacity=opacity, shortest=1, repeatlast=0
    )
    branch: Steps = steps
    return Merge(branches=((), branch), filter=blend)


def shade_edges(
    opacity: object, scene: Scene, radius: float = 0.5, softness: float = 0.8
) -> Merge:
    """Return what darkens the picture away from its middle.

    Args:
        opacity: 0 nothing, 1 black corners.
        scene: what it is laid over.
        radius: where it begins, as a share of the way from the middle to the corners.
        softness: share of the way over which it darkens.
    """
    away = "hypot((X-W/2)/(W/2),(Y-H/2)/(H/2))/sqrt(2)"
    share = f"clip(({away}-{radius:.4f})/{max(softness, 0.01):.4f},0,1)"
    smooth = f"(1-{share}*{share}*(3-2*{share}))"
    return over("multiply", opacity, drawn(scene, smooth))

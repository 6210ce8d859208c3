"""Tables of colours, as .cube files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.effects.catalog import EFFECTS
from farm.effects.model import File

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Colors = tuple[float, float, float]


def write_cube(path: Path, maps: Callable[[Colors], Colors], *, size: int = 5) -> Path:
    """Write a table that maps colours as a function does; red changes fastest."""
    top = size - 1
    rows = [
        maps((red / top, green / top, blue / top))
        for blue in range(size)
        for green in range(size)
        for red in range(size)
    ]
    lines = [f"LUT_3D_SIZE {size}"]
    lines += [" ".join(f"{value:.6f}" for value in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def needed(name: str, folder: Path) -> dict[str, str]:
    """Return the parameters that an effect must be given."""
    files = [
        key for key, each in EFFECTS[name].parameters.items() if isinstance(each, File)
    ]
    if not files:
        return {}
    path = write_cube(folder / "swap.cube", lambda color: color[::-1])
    return dict.fromkeys(files, str(path))

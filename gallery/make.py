"""Have the farm make the panels, and put the pictures together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PIL import Image

from gallery.entry import panels_of
from gallery.picture import SUFFIX, draw_sound, put_together, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from farm import Farm
    from farm.api.job import Job
    from gallery.entry import Page, Panel


def make_pictures(
    pages: tuple[Page, ...],
    output: Path,
    *,
    farm: Farm,
    scratch: Path,
    tell: Callable[[str], object] = print,
) -> list[Path]:
    """Write the picture of every entry into a folder; return their paths."""
    images = _Images(farm, scratch)
    for _, _, panel in panels_of(pages):
        images.ask(panel)
    images.submit()
    written = []
    for page in pages:
        for entry in page.entries:
            panels = [(images.take(each), each.caption) for each in entry.panels]
            path = picture_path(output, page, entry.name)
            save(put_together(entry.name, panels), path)
            written.append(path)
        tell(f"{page.title}: {len(page.entries)} pictures")
    return written


def picture_path(output: Path, page: Page, name: str) -> Path:
    """Return where the picture of an entry lies."""
    return output / page.name / f"{name}{SUFFIX}"


class _Images:
    """One job of the farm for each timeline, whatever is wanted of it."""

    def __init__(self, farm: Farm, scratch: Path) -> None:
        self._farm = farm
        self._scratch = scratch
        self._wanted: dict[str, list[str | None]] = {}
        self._jobs: dict[str, tuple[Path, Job]] = {}

    def ask(self, panel: Panel) -> None:
        times = self._wanted.setdefault(_key(panel), [])
        if panel.at not in times:
            times.append(panel.at)

    def submit(self) -> None:
        for number, (key, times) in enumerate(self._wanted.items()):
            document = json.loads(key)
            target = self._scratch / f"{number:04}"
            frames = [time for time in times if time is not None]
            if frames:
                job = self._farm.frames(document, target, at=frames, format="png")
            else:
                target = target.with_suffix(".mkv")
                job = self._farm.render(document, target, preset="lossless")
            self._jobs[key] = target, job

    def take(self, panel: Panel) -> Image.Image:
        """Wait for a panel."""
        key = _key(panel)
        target, job = self._jobs[key]
        job.result()
        if panel.at is None:
            return draw_sound(target)
        number = self._wanted[key].index(panel.at) + 1
        frame = Image.open(target / f"frame-{number:04}.png")
        return frame if panel.part is None else frame.crop(panel.part)


def _key(panel: Panel) -> str:
    return json.dumps(panel.document, sort_keys=True)

"""Write the pages."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from gallery.catalogue import all_pages
from gallery.picture import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gallery.entry import Entry, Page

FOLDER = Path(__file__).parents[1] / "docs" / "gallery"
_MADE = "<!-- Written by `make gallery`. -->"
_SHAPES = ("-landscape", "-portrait", "-square")


def write_pages() -> dict[str, str]:
    """Return the text of each file of the gallery by its name."""
    pages = all_pages(Path())
    return {
        "README.md": _write_index(pages),
        **{f"{page.name}.md": _write_page(page) for page in pages},
    }


def _write_index(pages: tuple[Page, ...]) -> str:
    lines = [_MADE, "# Gallery", ""]
    lines += [
        (
            "A picture of all that can be done to pictures and sounds, made by "
            "the farm itself (`make gallery`) from scenes that it draws."
        ),
        "[../timeline.md](../timeline.md) says where each thing stands in a document.",
        "",
    ]
    lines += ["| page | what is on it |", "|---|---|"]
    for page in pages:
        names = ", ".join(f"`{entry.name}`" for entry in page.entries[:4])
        more = f" and {len(page.entries) - 4} more" if len(page.entries) > 4 else ""
        lines.append(f"| [{page.title}]({page.name}.md) | {names}{more} |")
    return "\n".join(lines) + "\n"


def _write_page(page: Page) -> str:
    lines = [_MADE, f"# {page.title}", "", page.about, ""]
    for _, group in groupby(page.entries, key=lambda entry: _family(entry.name)):
        lines += _write_entries(page, list(group))
    return "\n".join(lines).rstrip() + "\n"


def _family(name: str) -> str:
    """Return what one name has in common with others: a layout in all its shapes."""
    shape = next((each for each in _SHAPES if name.endswith(each)), "")
    return name.removesuffix(shape) + (" " if shape else "")


def _write_entries(page: Page, entries: list[Entry]) -> Iterator[str]:
    first = entries[0]
    yield f"## {', '.join(f'`{entry.name}`' for entry in entries)}"
    yield ""
    yield first.what
    yield ""
    yield " ".join(
        f"![{entry.name}]({page.name}/{entry.name}{SUFFIX})" for entry in entries
    )
    yield ""
    if first.facts:
        yield from (f"- {fact}" for fact in first.facts)
        yield ""
    yield from ("```json", _to_json(first.paste), "```", "")


def _to_json(value: object) -> str:
    """Return JSON of one line, or of a line for each field where that is too long."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) <= 88 or not isinstance(value, dict):
        return line
    fields = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()]
    return "{\n" + ",\n".join(fields) + "\n}"

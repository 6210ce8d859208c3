"""``python -m gallery [NAME ...]``: make all pictures and pages, or some pictures."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from farm import Farm
from gallery.catalogue import all_pages
from gallery.make import make_pictures
from gallery.markdown import FOLDER, write_pages
from gallery.media import make_media


def main() -> None:
    """Make the gallery."""
    parser = argparse.ArgumentParser(prog="gallery", description=__doc__)
    parser.add_argument("names", nargs="*", help="entries or pages; by default all")
    names = set(parser.parse_args().names)
    with (
        tempfile.TemporaryDirectory(prefix="gallery-") as folder,
        Farm.local(Path(folder) / "farm") as farm,
    ):
        media = Path(folder) / "media"
        make_media(media, farm)
        pages = all_pages(media)
        if names:
            pages = tuple(
                page
                if page.name in names
                else replace(
                    page,
                    entries=tuple(each for each in page.entries if each.name in names),
                )
                for page in pages
            )
            pages = tuple(page for page in pages if page.entries)
            if not pages:
                parser.error(f"nothing is called {' or '.join(sorted(names))}")
        made = make_pictures(pages, FOLDER, farm=farm, scratch=Path(folder))
    if not names:
        _remove_others(set(made))
    texts = write_pages()
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    size = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    print(f"{len(made)} pictures; {FOLDER} has {size / 1e6:.2f} MB")


def _remove_others(made: set[Path]) -> None:
    """Remove pictures and pages of what is gone."""
    for path in FOLDER.rglob("*.webp"):
        if path not in made:
            path.unlink()
    for path in FOLDER.glob("*.md"):
        path.unlink()
    for path in FOLDER.iterdir():
        if path.is_dir() and not any(path.iterdir()):
            shutil.rmtree(path)


if __name__ == "__main__":
    main()

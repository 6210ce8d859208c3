"""Read a list of jobs: each line its `kind`, and the options of that method.

A line is known again by what it says and by the stamps of its sources.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.api.batch_options import LISTED_KINDS, find_problems, read_cell
from farm.api.output import absolute
from farm.api.source import TIMELINE_SUFFIXES, read_timeline, sources_of
from farm.cache.stamp import read_stamp
from farm.errors import FarmError, InvalidOption, Problem
from farm.jobs.status import JobKind
from farm.place import as_place, is_address
from farm.timeline.near import near_or_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OUTPUT = "output"
_KIND = "kind"
_WEBHOOK = "webhook"
#: Options that name files: in a list they are relative to its folder.
_PATHS = frozenset(
    {
        *("timeline", "source", "media", "reference", "subtitles", "before", "after"),
        _OUTPUT,
    }
)
_SUFFIXES = {".jsonl", ".ndjson", ".csv"}
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """A job of a list."""

    number: int
    """Line of the file, from 1."""
    kind: JobKind
    options: dict[str, Any]
    key: str
    """The same for the same line with the same sources."""

    @property
    def name(self) -> str:
        """What to call it."""
        output = self.options.get(_OUTPUT)
        return f"line {self.number}: {self.kind}" + (f" {output}" if output else "")


def read_batch(path: Path) -> list[BatchLine]:
    """Read a list of jobs: JSON Lines (``.jsonl``), or CSV with a head (``.csv``).

    Raises:
        InvalidOption: with all that is wrong in it.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise InvalidOption(f"{path} is no list of jobs; name it *.jsonl or *.csv")
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise InvalidOption(f"the list {path} cannot be read: {reason}") from error
    rows = _read_csv(text) if path.suffix.lower() == ".csv" else _read_lines(text)
    lines: list[BatchLine] = []
    problems: list[Problem] = []
    for number, row in rows:
        try:
            line = _read_row(number, row, folder=absolute(path).parent)
        except InvalidOption as error:
            told = error.facts.get("problems")
            problems += [
                Problem(path=f"line {number}", message=str(message))
                for message in (told if isinstance(told, list) else [error.message])
            ]
            continue
        lines.append(line)
    problems += _same_outputs(lines)
    if problems:
        raise tell_all(str(path), problems)
    if not lines:
        raise InvalidOption(f"the list {path} holds no job")
    return lines


def add_webhook(lines: Sequence[BatchLine], url: str | None) -> list[BatchLine]:
    """Let a URL hear of each line that names no other."""
    if url is None:
        return list(lines)
    return [
        replace(line, options={**line.options, _WEBHOOK: url})
        if line.options.get(_WEBHOOK) is None
        else line
        for line in lines
    ]


def _read_lines(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield number, f"it is no JSON: {error}"
            continue
        yield number, row if isinstance(row, dict) else "it is no JSON object"


def _read_csv(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    reader = csv.reader(io.StringIO(text))
    try:
        head = [_plain_name(cell.strip()) for cell in next(reader, [])]
        if wrong := _wrong_head(head):
            yield 1, wrong
            return
        for cells in reader:
            if len(cells) > len(head):
                yield reader.line_num, "it has more cells than the head"
            elif any(cell.strip() for cell in cells):
                yield reader.line_num, _read_cells(head, cells)
    except csv.Error as error:
        yield reader.line_num, f"it is no CSV: {error}"


def _wrong_head(head: list[str]) -> str | None:
    if any(not name for name in head):
        return "a column of the head has no name"
    doubled = [name for name, count in Counter(head).items() if count > 1]
    return f"the column {doubled[0]} is there twice" if doubled else None


def _read_cells(head: list[str], cells: list[str]) -> dict[str, Any]:
    named = {
        name: cell for name, cell in zip(head, cells, strict=False) if cell.strip()
    }
    kind = named.get(_KIND, "").strip()
    known = JobKind(kind) if kind in set(LISTED_KINDS) else None
    return {
        name: kind if name == _KIND else read_cell(known, name, cell)
        for name, cell in named.items()
    }


def _plain_name(name: str) -> str:
    """Return the name of an option as Python writes it."""
    return name.replace("-", "_")


def _read_row(number: int, row: dict[str, Any] | str, *, folder: Path) -> BatchLine:
    if isinstance(row, str):
        raise InvalidOption(row)
    kinds = [kind.value for kind in LISTED_KINDS]
    options = {_plain_name(name): value for name, value in row.items()}
    if len(options) < len(row):
        raise InvalidOption("it names an option twice")
    named = options.pop(_KIND, None)
    if named not in kinds:
        raise InvalidOption(
            f"there is no kind of job {named!r}; {near_or_all(str(named), kinds)}"
            if named
            else f"it names no kind: {', '.join(kinds)}"
        )
    kind = JobKind(str(named))
    if not _is_plain(options):
        raise InvalidOption("it holds characters that no option may hold")
    if problems := find_problems(kind, options):
        raise InvalidOption(problems[0], problems=problems)
    placed = {
        name: _place(value, folder) if name in _PATHS else value
        for name, value in options.items()
    }
    return BatchLine(number=number, kind=kind, options=placed, key=_key(kind, placed))


def _is_plain(options: dict[str, Any]) -> bool:
    """Whether all texts can be names of files."""
    text = json.dumps(options, ensure_ascii=False)
    return "\\u0000" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _place(value: Any, folder: Path) -> Any:  # noqa: ANN401  # a path, or a timeline
    if isinstance(value, str) and is_address(value):
        return value
    if isinstance(value, str):
        return str(
            folder / absolute(value) if value.startswith("~") else folder / value
        )
    if isinstance(value, list):
        return [_place(each, folder) for each in value]
    return value


def _key(kind: JobKind, options: dict[str, Any]) -> str:
    stamps = [
        stamp.text
        for name, value in sorted(options.items())
        if name in _PATHS - {_OUTPUT}
        for each in (value if isinstance(value, list) else [value])
        for path in _files_of(each)
        if (stamp := read_stamp(path))
    ]
    asked = {name: value for name, value in options.items() if name != _WEBHOOK}
    said = json.dumps([kind, asked, stamps], sort_keys=True, default=str)
    return f"batch-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _files_of(value: Any) -> list[Path]:  # noqa: ANN401  # a path, or a timeline
    """Return the files that an option stands for: of a timeline, its media too."""
    if isinstance(value, str) and Path(value).suffix.lower() not in TIMELINE_SUFFIXES:
        return [Path(value)]
    try:
        loaded = read_timeline(Path(value) if isinstance(value, str) else value)
    except FarmError:  # the job will say it
        loaded = None
    media = sorted(sources_of(loaded.timeline)) if loaded else []
    own = [Path(value)] if isinstance(value, str) else []
    return [*own, *(Path(path) for path in media)]


def _same_outputs(lines: list[BatchLine]) -> list[Problem]:
    """Find lines that write what another writes."""
    first: dict[str, int] = {}
    problems = []
    for line in lines:
        output = line.options.get(_OUTPUT)
        if output is None:
            continue
        before = first.setdefault(str(as_place(output).resolve()), line.number)
        if before != line.number:
            message = f"{output} is the output of line {before} too"
            problems.append(Problem(path=f"line {line.number}", message=message))
    return problems


def tell_all(name: str, problems: Sequence[Problem]) -> InvalidOption:
    """Return an error that says the first problem, and how many there are."""
    told = [f"{problem.path}: {problem.message}" for problem in problems]
    count = len(told) - 1
    more = f" (and {count} more problem{'s' if count > 1 else ''})" if count else ""
    return InvalidOption(f"{name}: {told[0]}{more}", problems=told[:_MOST_SHOWN])

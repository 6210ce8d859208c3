"""Say what of a line of a list no method takes: names, and types of values."""

from __future__ import annotations

import inspect
import json
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from farm.jobs.status import JobKind
from farm.timeline.near import near_or_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from farm.api.job import Job

_Time: TypeAlias = int | float | str
#: What the annotations of the methods take out of a list, and how that is called.
_TYPES: Mapping[str, tuple[Any, str]] = {
    "bool": (bool, "true or false"),
    "float": (float, "a number"),
    "float | str": (_Time, "a number"),
    "int": (int, "a whole number"),
    "int | str": (int | str, "a number of bytes"),
    "Mapping[str, float]": (dict[str, float], "an object of numbers"),
    "RangeLike": (tuple[_Time, _Time] | str, "a start and an end"),
    "Sequence[int]": (list[int], "a list of whole numbers"),
    "Sequence[str]": (list[str], "a list of texts"),
    "Sequence[str | os.PathLike[str]]": (list[str], "a list of files"),
    "Sequence[TimeLike]": (list[_Time], "a list of times"),
    "Source": (str | dict[str, Any], "a file or a timeline"),
    "str": (str, "a text"),
    "str | float": (_Time, "a text or a number"),
    "str | Iterable[str]": (str | list[str], "a text or a list of texts"),
    "str | os.PathLike[str]": (str, "the path of a file"),
    "str | Sequence[str]": (str | list[str], "a text or a list of texts"),
    "TimeLike": (_Time, "a time"),
}
_OPTIONAL = " | None"


def find_problems(kind: JobKind, options: Mapping[str, Any]) -> list[str]:
    """Return all that is wrong with the options of a job."""
    known = _parameters(kind)
    names = list(known)
    problems = [
        f"{kind} has no option {name}; {near_or_all(name, names)}"
        for name in options
        if name not in known
    ]
    problems += [
        f"{kind} needs the option {name}"
        for name, each in known.items()
        if each.default is inspect.Parameter.empty and name not in options
    ]
    return problems + [
        f"{kind} takes {_name_of(known[name])} as {name}, not {_show(value)}"
        for name, value in options.items()
        if name in known and not _fits(known[name], value)
    ]


def read_cell(kind: JobKind | None, name: str, cell: str) -> Any:  # noqa: ANN401
    """Return what a cell of a table means: a number, a list or a text."""
    text = cell.strip()
    try:
        value = json.loads(text)
    except ValueError:
        return text
    known = {} if kind is None else _parameters(kind)
    if name in known and not _fits(known[name], value) and _fits(known[name], text):
        return text
    return value


#: What a list may name: preview makes another job where it streams.
LISTED_KINDS = tuple(kind for kind in JobKind if kind is not JobKind.HLS_PREVIEW)


def _parameters(kind: JobKind) -> dict[str, inspect.Parameter]:
    from farm.api.farm import Farm  # it has a method that uses this file

    method: Callable[..., Job] = getattr(Farm, kind)
    known = inspect.signature(method).parameters
    left = {"self", "idempotency_key"}
    return {name: each for name, each in known.items() if name not in left}


def _name_of(parameter: inspect.Parameter) -> str:
    return _TYPES[str(parameter.annotation).removesuffix(_OPTIONAL)][1]


def _fits(parameter: inspect.Parameter, value: Any) -> bool:  # noqa: ANN401  # of JSON
    annotation = str(parameter.annotation)
    if value is None:
        return annotation.endswith(_OPTIONAL)
    try:
        _adapter(annotation.removesuffix(_OPTIONAL)).validate_json(json.dumps(value))
    except (ValidationError, ValueError):
        return False
    return True


@cache
def _adapter(annotation: str) -> TypeAdapter[Any]:
    return TypeAdapter(_TYPES[annotation][0], config={"strict": True})


def _show(value: Any) -> str:  # noqa: ANN401  # of JSON
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004  # a glance

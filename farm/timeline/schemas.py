"""The JSON Schemas of what commands print with ``--json``.

``python -m farm.timeline.schemas docs/schema`` writes the published files anew.
Exact numbers are strings in it, such as ``"1001/30000"`` or ``"12"``.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from farm.timeline.analysis import Analysis
from farm.timeline.report import FOR_PLANS, MediaReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: What is published: the record that each file describes.
RECORDS: Mapping[str, type] = {
    "farm-analysis-1.schema.json": Analysis,
    "farm-media-1.schema.json": MediaReport,
}
_FRACTION = {
    "type": "string",
    "pattern": r"^-?[0-9]+(/[0-9]+)?$",
}


def build_schema(name: str) -> dict[str, Any]:
    """Return the schema that is published under a name."""
    record = RECORDS[name]
    built = TypeAdapter(record).json_schema(mode="serialization")
    definitions = built.pop("$defs", {})
    described = {each.__name__: each for each in _records_near(record)}
    told = _describe(built, record)
    found: dict[str, Any] = {}
    wanted = set(_references(told))
    while wanted:  # what is for plans alone is not referred to
        key = wanted.pop()
        found[key] = _describe(definitions[key], described[key])
        wanted |= set(_references(found[key])) - found.keys()
    return {
        "$schema": _DIALECT,
        "$id": name,
        "title": name.removesuffix(".schema.json").replace("-1", "/1"),
        **told,
        "$defs": dict(sorted(found.items())),
    }


def write_schema(name: str) -> str:
    """Return the schema as the text that is published."""
    return json.dumps(build_schema(name), indent=2, ensure_ascii=False) + "\n"


def _describe(schema: dict[str, Any], record: type) -> dict[str, Any]:
    """Add the docstrings of a record and its fields; nothing else is accepted."""
    docs = _field_docs(record)
    untold = FOR_PLANS if record is MediaReport else frozenset[str]()
    properties = {
        name: {**_tidy(each), **({"description": docs[name]} if name in docs else {})}
        for name, each in schema["properties"].items()
        if name not in untold
    }
    return {
        "description": _plain(inspect.getdoc(record) or ""),
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _tidy(schema: Any) -> Any:  # noqa: ANN401  # any part of a schema
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "fraction":
        return _FRACTION
    return {
        key: _tidy(each)
        for key, each in schema.items()
        if key not in {"title", "default"}
    }


def _field_docs(record: type) -> dict[str, str]:
    """Return what stands under each field of a record, and of those it adds to."""
    found: dict[str, str] = {}
    for cls in reversed(record.__mro__[:-1]):
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for field, after in itertools.pairwise(body):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
            ):
                found[field.target.id] = inspect.cleandoc(str(after.value.value))
    return {name: _plain(text) for name, text in found.items()}


def _plain(text: str) -> str:
    """Write a docstring for readers of JSON: on one line, without marks."""
    return " ".join(text.split()).replace("``None``", "null").replace("`", "")


def _references(schema: Any) -> Iterator[str]:  # noqa: ANN401  # any part of a schema
    """Yield the names of the definitions that a schema refers to."""
    if isinstance(schema, list):
        for each in schema:
            yield from _references(each)
    elif isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for each in schema.values():
            yield from _references(each)


def _records_near(record: type) -> Iterator[type]:
    """Yield all records of the module of a record, and of those that they add to."""
    own = [
        value
        for value in vars(inspect.getmodule(record)).values()
        if inspect.isclass(value) and hasattr(value, "__dataclass_fields__")
    ]
    yield from own
    modules = {cls.__module__ for each in own for cls in each.__mro__[:-1]}
    for name in sorted(modules - {record.__module__}):
        for value in vars(sys.modules[name]).values():
            if inspect.isclass(value) and hasattr(value, "__dataclass_fields__"):
                yield value


if __name__ == "__main__":
    for file in RECORDS:
        Path(sys.argv[1], file).write_text(write_schema(file), encoding="utf-8")

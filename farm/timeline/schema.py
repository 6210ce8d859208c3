"""The JSON Schema of the timeline document.

``python -m farm.timeline.schema > docs/schema/farm-timeline-1.schema.json``
writes the published file anew.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from annotated_types import Ge, Gt, Le, Lt

from farm.timeline.base import Model
from farm.timeline.timeline import FORMAT, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILE = "farm-timeline-1.schema.json"
#: Keys that pydantic adds and that say nothing to a reader.
_NOISE = {"title", "discriminator", "ge", "gt", "le", "lt"}


def build_schema() -> dict[str, Any]:
    """Return the schema that documents can be checked against."""
    built = Timeline.model_json_schema(mode="validation")
    definitions = built.pop("$defs")
    _add_bounds(Timeline, built["properties"])
    for model in _models(Model):
        if model.__name__ in definitions:
            _add_bounds(model, definitions[model.__name__]["properties"])
    for definition in definitions.values():
        if "const" in definition["properties"].get("type", {}):
            definition["required"] = ["type", *definition.get("required", [])]
    built["properties"]["$schema"] = {
        "type": "string",
        "description": "Where this schema lies, for editors; not read otherwise.",
    }
    built["required"] = ["format", *built.get("required", [])]
    return {
        "$schema": _DIALECT,
        "$id": _FILE,
        "title": FORMAT,
        **_tidy(built),
        "$defs": {name: _tidy(each) for name, each in sorted(definitions.items())},
    }


def write_schema() -> str:
    """Return the schema as the text that is published."""
    return json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"


def _models(base: type[Model]) -> Iterator[type[Model]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


def _add_bounds(model: type[Model], properties: dict[str, Any]) -> None:
    """Write the bounds of exact numbers, which pydantic leaves out."""
    words = {
        Ge: ("ge", "minimum"),
        Gt: ("gt", "exclusiveMinimum"),
        Le: ("le", "maximum"),
        Lt: ("lt", "exclusiveMaximum"),
    }
    for name, field in model.model_fields.items():
        for bound in field.metadata:
            if type(bound) not in words:
                continue
            attribute, word = words[type(bound)]
            for branch in properties[name].get("anyOf", [properties[name]]):
                if "number" in branch.get("type", ()):
                    value = float(getattr(bound, attribute))
                    branch[word] = int(value) if value.is_integer() else value


def _tidy(schema: Any) -> Any:  # noqa: ANN401  # any part of a schema
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {
        key: _tidy(each)
        for key, each in schema.items()
        if key not in _NOISE and not (key == "default" and each is None)
    }
    if isinstance(schema.get("properties"), dict):  # names of fields are no noise
        tidied["properties"] = {
            name: _tidy(each) for name, each in schema["properties"].items()
        }
    return tidied


if __name__ == "__main__":
    sys.stdout.write(write_schema())

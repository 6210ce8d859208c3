"""Check plain data against a JSON Schema, as far as the published ones go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.factories import Json

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_KNOWN = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "default", "examples",
    "type", "const", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "properties", "required",
    "additionalProperties", "items",
    "anyOf", "oneOf", "minItems", "maxItems", "prefixItems",
}  # fmt: skip


def misfits(value: Any, schema: Json, root: Json) -> list[str]:  # noqa: ANN401  # any JSON
    """Return what of a value does not fit a schema; nothing where all of it does.

    A schema with words that this does not know fails.
    """
    if "$ref" in schema:
        return misfits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    assert schema.keys() <= _KNOWN
    found = [
        word
        for word, fits in {
            "type": "type" not in schema or _is_of_type(value, schema["type"]),
            "const": value == schema.get("const", value),
            "enum": value in schema.get("enum", [value]),
            "anyOf": _count(value, schema.get("anyOf"), root) > 0,
            "oneOf": _count(value, schema.get("oneOf"), root) == 1,
        }.items()
        if not fits
    ]
    if isinstance(value, str):
        found += ["pattern"] * (not re.search(schema.get("pattern", ""), value))
        found += ["length"] * (len(value) < schema.get("minLength", 0))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found += ["minimum"] * (value < schema.get("minimum", value))
        found += ["maximum"] * (value > schema.get("maximum", value))
        found += ["below"] * (value >= schema.get("exclusiveMaximum", value + 1))
        found += ["above"] * (value <= schema.get("exclusiveMinimum", value - 1))
    elif isinstance(value, list):
        places = schema.get("prefixItems", [schema.get("items", {})] * len(value))
        found += [
            word
            for each, place in zip(value, places, strict=False)
            for word in misfits(each, place, root)
        ]
        found += ["few"] * (len(value) < schema.get("minItems", 0))
        found += ["many"] * (len(value) > schema.get("maxItems", len(value)))
    elif isinstance(value, dict):
        found += [name for name in schema.get("required", ()) if name not in value]
        for name, each in value.items():
            more = schema.get("additionalProperties", True)
            inner = schema.get("properties", {}).get(name, more)
            found += misfits(each, inner, root) if isinstance(inner, dict) else []
            found += [name] * (inner is False)
    return found


def _is_of_type(value: Any, types: str | list[str]) -> bool:  # noqa: ANN401
    names = [types] if isinstance(types, str) else types
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _count(value: Any, branches: list[Json] | None, root: Json) -> int:  # noqa: ANN401
    if branches is None:
        return 1
    return sum(not misfits(value, branch, root) for branch in branches)

"""XML of foreign programs, read so that no file can harm the one who opens it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final, Protocol, cast
from xml.etree import ElementTree as ET
from xml.parsers import expat

from farm.errors import InvalidTimeline, Problem
from farm.timeline.time import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_BYTES: Final = 64 * 1024 * 1024
_DEEPEST = 200
_MOST_ELEMENTS = 2_000_000
_MOST_ENTITIES = 64
_LONGEST_ENTITY = 2_000


class _Parser(Protocol):
    """What is used of expat's parser."""

    CurrentLineNumber: int


class Node(ET.Element):
    """An element that knows its line."""

    line: int = 0

    @property
    def place(self) -> str:
        """Where it stands, for a message."""
        return f"line {self.line}"

    def text_of(self, path: str) -> str:
        """Return the stripped text of a child, or ``""``."""
        return (self.findtext(path) or "").strip()

    def number_of(self, path: str) -> str | None:
        """Return the text of a child, or `None` where there is none."""
        return self.text_of(path) or None


def children(node: ET.Element, *tags: str) -> Iterator[Node]:
    """Yield the children, of these tags where some are given."""
    for child in node:
        if not tags or child.tag in tags:
            yield cast("Node", child)


def child(node: ET.Element, path: str) -> Node | None:
    """Return the first child at a path."""
    return cast("Node | None", node.find(path))


def read_xml(data: str | bytes, *, name: str) -> Node:
    """Read a document; nothing outside it is opened.

    Raises:
        InvalidTimeline: what is no XML, declares entities of other files or of other
            entities, or is deeper or larger than any timeline.
    """
    if len(data) > LARGEST_BYTES:
        raise refusal("it is larger than 64 MB of XML; is it a timeline?", name)
    reader = _Reader(name)
    try:
        return reader.read(data)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise refusal(
            f"it is not valid XML: {what}, line {error.lineno}", name
        ) from error
    except (ValueError, LookupError) as error:  # an unknown encoding, NUL
        raise refusal("it is not valid XML: its text cannot be read", name) from error


def write_xml(node: Node) -> str:
    """Return the document as text, without its document type."""
    buffer = io.StringIO()
    ET.ElementTree(node).write(buffer, encoding="unicode")
    return buffer.getvalue()


def refusal(message: str, name: str, place: str = "") -> InvalidTimeline:
    """Return the error for a whole file."""
    return InvalidTimeline.of([Problem(path=place, message=message)], name=name)


class _Reader:
    """One reading of a document."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = self._elements = self._entities = 0
        self._builder = ET.TreeBuilder(element_factory=Node)
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._builder.data
        parser.EntityDeclHandler = self._declare
        parser.ExternalEntityRefHandler = self._refuse_outside
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser = parser

    def read(self, data: str | bytes) -> Node:
        self._parser.Parse(data, True)  # noqa: FBT003  # takes no keywords
        return cast("Node", self._builder.close())

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEEPEST:
            raise self._refusal(f"it is nested more than {_DEEPEST} deep")
        if self._elements > _MOST_ELEMENTS:
            raise self._refusal("it has more elements than any timeline")
        node = cast("Node", self._builder.start(tag, attributes))
        node.line = cast("_Parser", self._parser).CurrentLineNumber

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._builder.end(tag)

    def _declare(  # as expat calls it
        self,
        entity: str,
        is_parameter: bool,  # noqa: FBT001  # as expat calls it
        value: str | None,
        _base: str | None,
        system: str | None,
        _public: str | None,
        _notation: str | None,
    ) -> None:
        self._entities += 1
        if system is not None or value is None:
            raise self._refusal(
                f"its entity {show_value(entity)} stands for another file, which is "
                "never opened"
            )
        if is_parameter or "&" in value or "%" in value:
            raise self._refusal(
                f"its entity {show_value(entity)} is made of other entities"
            )
        if self._entities > _MOST_ENTITIES or len(value) > _LONGEST_ENTITY:
            raise self._refusal("it declares more entities than any timeline")

    def _refuse_outside(self, *_: object) -> int:
        raise self._refusal("it refers to another file, which is never opened")

    def _refusal(self, message: str) -> InvalidTimeline:
        line = cast("_Parser", self._parser).CurrentLineNumber
        return refusal(message, self._name, f"line {line}")

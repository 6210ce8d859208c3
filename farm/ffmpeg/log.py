"""Keep the end of FFmpeg's log, and what it says went wrong, in bounded memory."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

LINES_KEPT = 200
FIRST_ERRORS_KEPT = 50
LAST_ERRORS_KEPT = 50
LONGEST_LINE = 2000

_SPLIT = re.compile(rb"[\r\n]+")
_LEVEL = re.compile(r"\[(error|fatal|panic)\] ")
_REPEATED = re.compile(r"Last message repeated (\d+) times")
#: Contexts of the output side: encoders, muxers and filters.
_OUTPUT_SIDE = re.compile(
    r"^\[(?:out#|vost#|aost#|sost#|vf#|af#|fc#|enc:|Parsed_|AVFilterGraph|"
    r"libx26|libsvtav1|libaom|\w+_nvenc|\w+_vaapi|\w+_qsv)"
)
#: What libass says of fonts, and of characters that no font has.
_OTHER_FONT = re.compile(
    r"fontselect: \((?P<asked>.+), \d+, \d+\) -> .*, (?P<got>\S+)$"
)
_NO_GLYPH = re.compile(r"any fallback with glyph 0x(?P<code>[0-9A-Fa-f]+) for font")
#: Wrapping up after the first error; says nothing new.
_EMPTY_WORDS = re.compile(r"Task finished with|Terminating thread|Conversion failed")


_CONTEXT = re.compile(r"^(?:\[[^\]]* @ 0x[0-9a-f]+\] )*(?:\[\w+\] )?")


def message_of(line: str) -> str:
    """Return a line without its contexts and level."""
    return _CONTEXT.sub("", line).strip()


def is_output_side(line: str) -> bool:
    """Whether an encoder, muxer or filter wrote the line."""
    return _OUTPUT_SIDE.match(line) is not None


def is_empty_word(line: str) -> bool:
    """Whether the line only wraps up what another line says."""
    return _EMPTY_WORDS.search(line) is not None


@dataclass(slots=True)
class Log:
    """The log of one FFmpeg process (``-loglevel level+info``)."""

    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    first_errors: list[str] = field(default_factory=list)
    last_errors: deque[str] = field(
        default_factory=lambda: deque(maxlen=LAST_ERRORS_KEPT)
    )
    decode_errors: int = 0
    """Errors of demuxers and decoders: input that is damaged or cut off."""
    other_fonts: dict[str, str] = field(default_factory=dict)
    """Fonts that were asked for and are not there, and what was used."""
    missing_characters: set[str] = field(default_factory=set)
    """Characters of titles that no font has."""
    _rest: bytes = b""
    _repeats: bool = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        *lines, rest = _SPLIT.split(self._rest + data)
        if len(rest) > LONGEST_LINE:
            lines.append(rest)
            rest = b""
        self._rest = rest
        for line in lines:
            self._add(line.decode("utf-8", "replace")[:LONGEST_LINE])

    def close(self) -> None:
        """Take what came after the last line break as a line."""
        self._add(self._rest.decode("utf-8", "replace")[:LONGEST_LINE])
        self._rest = b""

    @property
    def text(self) -> str:
        """The last lines."""
        return "\n".join(self.lines)

    @property
    def errors(self) -> list[str]:
        """The first and the last error lines, in order, each once."""
        return list(dict.fromkeys([*self.first_errors, *self.last_errors]))

    @property
    def font_notes(self) -> tuple[str, ...]:
        """What titles lack, in sentences."""
        notes = [
            f"the farm has no font {asked!r}: a title is set in {got}; "
            "fonts_folder names a folder with fonts of your own"
            for asked, got in self.other_fonts.items()
        ]
        if self.missing_characters:
            missing = " ".join(map(_visible, sorted(self.missing_characters)))
            notes.append(
                f"no font of the farm has these characters: {missing}; "
                "put one that has them into the folder of the setting fonts_folder"
            )
        return tuple(notes)

    def _add(self, line: str) -> None:
        if not line.strip():
            return
        self.lines.append(line)
        self._note_fonts(line)
        if repeated := _REPEATED.search(line):
            self.decode_errors += int(repeated[1]) * self._repeats
        elif _LEVEL.search(line):
            self._add_error(line)
        else:
            self._repeats = False

    def _add_error(self, line: str) -> None:
        if len(self.first_errors) < FIRST_ERRORS_KEPT:
            self.first_errors.append(line)
        else:
            self.last_errors.append(line)
        self._repeats = not (is_output_side(line) or is_empty_word(line))
        self.decode_errors += self._repeats

    def _note_fonts(self, line: str) -> None:
        if found := _OTHER_FONT.search(line):
            asked, got = found["asked"], found["got"]
            if not _plain(got).startswith(_plain(asked)):
                self.other_fonts[asked] = got
        elif found := _NO_GLYPH.search(line):
            self.missing_characters.add(chr(int(found["code"], 16)))


def _plain(name: str) -> str:
    """Return the letters of a font's name: PostScript names have no spaces."""
    return "".join(filter(str.isalnum, name)).lower()


def _visible(character: str) -> str:
    """Return a character, or its number where a terminal would obey it."""
    return character if character.isprintable() else f"U+{ord(character):04X}"

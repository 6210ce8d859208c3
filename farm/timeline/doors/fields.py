"""Fields of a foreign document, taken with care: each wrong one is a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from farm.timeline.time import parse_time, show_value

if TYPE_CHECKING:
    from farm.timeline.doors.notes import Notes

_LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of a document, and where it stands."""

    values: Mapping[str, Any]
    place: str
    notes: Notes

    def raw(self, *names: str) -> Any:  # noqa: ANN401  # of JSON
        """Return the first of these fields that is there and not null."""
        for name in names:
            value = self.values.get(name)
            if value is not None:
                return value
        return None

    def at(self, name: str) -> str:
        """Return the place of a field."""
        return f"{self.place}.{name}" if self.place else name

    def warn(self, message: str, name: str = "") -> None:
        """Tell what will not be shown, here."""
        self.notes.warn(self.at(name) if name else self.place, message)

    def refuse(self, message: str, name: str = "") -> None:
        """Note what makes the document unusable, here."""
        self.notes.refuse(self.at(name) if name else self.place, message)

    def number(
        self,
        *names: str,
        default: Fraction | None = None,
        low: Fraction | float | None = None,
        high: Fraction | float | None = None,
    ) -> Fraction | None:
        """Return a number; what is none, or out of range, is a problem."""
        value = self.raw(*names)
        if value is None:
            return default
        name = next(each for each in names if self.values.get(each) is not None)
        try:
            number = parse_time(value)
        except ValueError:
            self.refuse(f"should be a number, is {show_value(value)}", name)
            return default
        if (low is not None and number < low) or (high is not None and number > high):
            least = "" if low is None else f" at least {float(low):g}"
            most = "" if high is None else f" at most {float(high):g}"
            joined = f"{least} and{most}" if least and most else least + most
            self.refuse(f"should be{joined}, is {show_value(value)}", name)
            return default
        return number

    def seconds(self, *names: str, default: int | None = 0) -> Fraction | None:
        """Return a time that is not negative."""
        usual = None if default is None else Fraction(default)
        return self.number(*names, default=usual, low=0)

    def plain(self, *names: str, default: float, low: float, high: float) -> float:
        """Return a number as the document of the farm has it."""
        found = self.number(*names, default=Fraction(default), low=low, high=high)
        return float(default if found is None else found)

    def text(self, *names: str, default: str = "") -> str:
        """Return a text, without the character NUL; very long ones are a problem."""
        value = self.raw(*names)
        if value is None:
            return default
        if not isinstance(value, str):
            if isinstance(value, int | float) and not isinstance(value, bool):
                return show_value(value)
            self.refuse(f"should be text, is {show_value(value)}", names[0])
            return default
        if len(value) > _LONGEST_TEXT:
            self.refuse(f"is longer than {_LONGEST_TEXT:,} characters", names[0])
            return default
        return value.replace("\x00", "")

    def flag(self, *names: str, default: bool) -> bool:
        """Return true or false."""
        value = self.raw(*names)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.refuse(f"should be true or false, is {show_value(value)}", names[0])
            return default
        return value

    def object(self, *names: str) -> Fields:
        """Return the fields of an object; empty where there is none."""
        value = self.raw(*names)
        name = next((each for each in names if self.values.get(each)), names[0])
        if value is not None and not isinstance(value, Mapping):
            self.refuse(f"should be an object, is {show_value(value)}", name)
            value = None
        return Fields(value or {}, self.at(name), self.notes)

    def objects(self, *names: str) -> Iterator[Fields]:
        """Yield the objects of a list, or of an object's values."""
        value = self.raw(*names)
        if value is None:
            return
        name = next(each for each in names if self.values.get(each) is not None)
        if isinstance(value, Mapping):
            pairs = [(f"{self.at(name)}.{key}", each) for key, each in value.items()]
        elif isinstance(value, list | tuple):
            pairs = [(f"{self.at(name)}[{at}]", each) for at, each in enumerate(value)]
        else:
            self.refuse(f"should be a list, is {show_value(value)}", name)
            return
        for place, each in pairs:
            if isinstance(each, Mapping):
                yield Fields(each, place[:200], self.notes)
            else:
                self.notes.refuse(
                    place[:200], f"should be an object, is {show_value(each)}"
                )

    def names(self, *names: str) -> list[str]:
        """Return a list of texts, such as ids."""
        value = self.raw(*names)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.refuse(f"should be a list, is {show_value(value)}", names[0])
            return []
        return [each for each in value if isinstance(each, str)]

"""The fields of a JSON object that comes with a model, each checked as it is read."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NoReturn, TypeVar

from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import Enum

Choice = TypeVar("Choice", bound="Enum")

_SHOWN_CHARS = 60
_MAX_RANK = 4


class Fields:
    """One object of the document; ``finish`` refuses the keys that nobody asked for.

    Args:
        values: The object.
        place: Where it stands, for messages: ``contract.json: files[0]``.
    """

    def __init__(self, values: Mapping[str, object], place: str) -> None:
        self._values = values
        self._place = place
        self._known: list[str] = []

    def fault(self, key: str, rule: str) -> NoReturn:
        """Refuse the document for what stands at a key.

        Raises:
            ModelError: Always.
        """
        found = f"is {_shown(self._values[key])}" if key in self._values else "is missing"
        msg = f"{self._place}: {key!r} {found}: {rule}; build the bundle again, or copy it again"
        raise ModelError(msg)

    def text(self, key: str, *, pattern: str, rule: str) -> str:
        """Return a text that matches ``pattern``, which ``rule`` says in words."""
        value = self._value(key)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            self.fault(key, rule)
        return value

    def choice(self, key: str, words: type[Choice]) -> Choice:
        """Return one of the words."""
        value = self._value(key)
        for word in words:
            if value == word.value:
                return word
        return self.fault(key, f"this version knows {', '.join(str(word.value) for word in words)}")

    def number(self, key: str, *, above: float, below: float) -> float:
        """Return a number strictly between two."""
        value = self._value(key)
        # Compare before converting: an integer may be too big for a float.
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not above < value < below:
            self.fault(key, f"must be a number above {above:g} and below {below:g}")
        return float(value)

    def has(self, key: str) -> bool:
        """Say whether a key is there: some came later than files that are in use."""
        return key in self._values

    def integer(self, key: str, *, low: int, high: int) -> int:
        """Return a whole number in ``[low, high]``."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fault(key, f"must be a whole number from {low} to {high}")
        return value

    def sizes(self, key: str, *, most: int, most_values: int) -> tuple[int, ...]:
        """Return the sizes of a tensor: at most four, each from 1 to ``most``."""
        value = self._value(key)
        rule = f"must be 1 to {_MAX_RANK} whole numbers from 1 to {most}, {most_values} values in all"
        if not isinstance(value, list) or not 1 <= len(value) <= _MAX_RANK:
            self.fault(key, rule)
        if not all(type(size) is int and 1 <= size <= most for size in value):
            self.fault(key, rule)
        if math.prod(value) > most_values:
            self.fault(key, rule)
        return tuple(value)

    def inner(self, key: str) -> Fields:
        """Return an object inside this one."""
        value = self._value(key)
        if not isinstance(value, dict):
            self.fault(key, "must be an object")
        return Fields(value, f"{self._place}: {key}")

    def list_of_inner(self, key: str, *, at_most: int) -> list[Fields]:
        """Return the objects of a list of 1 to ``at_most``."""
        value = self._value(key)
        if not isinstance(value, list) or not 1 <= len(value) <= at_most:
            self.fault(key, f"must be a list of 1 to {at_most} objects")
        if not all(isinstance(item, dict) for item in value):
            self.fault(key, "must hold nothing but objects")
        return [Fields(item, f"{self._place}: {key}[{place}]") for place, item in enumerate(value)]

    def finish(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                self.fault(key, f"unknown key; known here: {', '.join(self._known)}")

    def _value(self, key: str) -> object:
        self._known.append(key)
        return self._values.get(key)


def _shown(value: object) -> str:
    """Return a value as text, not too long; an integer may have more digits than Python prints."""
    if isinstance(value, (list, dict)):
        return f"a {type(value).__name__}"
    if isinstance(value, int) and abs(value) > 10**_SHOWN_CHARS:
        return "a huge number"
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}..."

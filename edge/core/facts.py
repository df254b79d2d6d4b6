"""A JSON object that was kept on a disk: each value is checked as it is taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from enum import Enum

Choice = TypeVar("Choice", bound="Enum")

LONGEST_TEXT = 256


class Facts:
    """One object; every method raises ``ValueError`` for what should not stand there.

    Args:
        values: What JSON gave.
    """

    def __init__(self, values: object) -> None:
        if not isinstance(values, dict):
            msg = "not an object"
            raise ValueError(msg)  # noqa: TRY004 - what was read is wrong, not who reads it
        self._values = values

    def has(self, key: str) -> bool:
        """Return whether something other than null stands there."""
        return self._values.get(key) is not None

    def text(self, key: str, *, most: int = LONGEST_TEXT) -> str:
        """Return a text of at most so many characters."""
        value = self._values.get(key)
        if not isinstance(value, str) or len(value) > most:
            raise _fault(key)
        return value

    def real(self, key: str, low: float, high: float) -> float:
        """Return a number in ``[low, high]``."""
        return real(self._values.get(key), low, high, key)

    def whole(self, key: str, low: int, high: int) -> int:
        """Return a whole number in ``[low, high]``."""
        return whole(self._values.get(key), low, high, key)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._values.get(key)
        if not isinstance(value, bool):
            raise _fault(key)
        return value

    def choice(self, key: str, words: type[Choice]) -> Choice:
        """Return one of the words."""
        return words(self.text(key))

    def items(self, key: str, *, least: int = 0, most: int) -> list[object]:
        """Return a list of so many values, which are yet to be checked."""
        value = self._values.get(key)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise _fault(key)
        return value

    def reals(self, key: str, count: int, low: float, high: float) -> tuple[float, ...]:
        """Return exactly so many numbers in ``[low, high]``."""
        return tuple(real(value, low, high, key) for value in self.items(key, least=count, most=count))

    def wholes(self, key: str, count: int, low: int, high: int) -> tuple[int, ...]:
        """Return exactly so many whole numbers in ``[low, high]``."""
        return tuple(whole(value, low, high, key) for value in self.items(key, least=count, most=count))

    def inner(self, key: str) -> Facts:
        """Return an object inside this one."""
        return Facts(self._values.get(key))


def parsed(content: bytes) -> Facts:
    """Return the JSON object that some bytes hold.

    Raises:
        ValueError: They hold none.
    """
    try:
        return Facts(json.loads(content))
    except RecursionError as error:
        msg = "nested too deeply"
        raise ValueError(msg) from error


def real(value: object, low: float, high: float, key: str) -> float:
    """Return a number in ``[low, high]``; compared before it is converted, for an integer may be huge.

    Raises:
        ValueError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise _fault(key)
    return float(value)


def whole(value: object, low: int, high: int, key: str) -> int:
    """Return a whole number in ``[low, high]``.

    Raises:
        ValueError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _fault(key)
    return value


def _fault(key: str) -> ValueError:
    return ValueError(f"{key!r} is missing or wrong")

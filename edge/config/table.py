"""Reads one table of the file, key by key, and remembers every fault."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edge.config.places import KeyPath, Places

MAX_CHARS = 1024
LATER_VERSION = "not supported by this version of stillwatch; remove it"
_SHOWN_CHARS = 80

T = TypeVar("T")
Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a key takes.

    Attributes:
        allowed: In words: ``1 to 64``.
        unit: Of a number; empty for none.
    """

    allowed: str
    unit: str = ""


@dataclass(slots=True)
class Faults:
    """What is wrong with a file, so far.

    Attributes:
        origin: The file's name.
        places: Where its keys stand.
        rules: What each key that was asked for takes.
    """

    origin: str
    places: Places
    rules: dict[KeyPath, Rule] = field(default_factory=dict)
    _found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, path: KeyPath, text: str) -> None:
        """Remember a fault at a key."""
        line = self.places.line(path)
        place = self.origin if line is None else f"{self.origin}:{line}"
        self._found.append((line or 0, f"{place}: {dotted(path)}{text}"))

    def in_order(self) -> list[str]:
        """Return all faults, from the top of the file down."""
        return [text for _, text in sorted(self._found, key=lambda fault: fault[0])]


def dotted(path: KeyPath) -> str:
    """Return a path as people write it: ``camera[0].detect.confirm``."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key) else f".{shown(key)}"
    return text.removeprefix(".")


def shown(value: object) -> str:
    """Return a value as TOML would write it, or nearly, and not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    # Nothing else becomes text: an integer may have more digits than Python prints.
    if isinstance(value, str):
        text = f'"{value}"' if value.isprintable() else repr(value)
    elif isinstance(value, int) and abs(value) > 10**_SHOWN_CHARS:
        text = "a huge number"
    elif isinstance(value, (int, float)):
        text = str(value)
    else:
        text = f"a {'table' if isinstance(value, dict) else type(value).__name__}"
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}..."


class Table:
    """One table of the file.

    A method per kind of value: each returns the value when it is right, the
    default when the key is absent, and the default, with a fault remembered, when
    it is wrong. ``finish`` then finds the keys nobody asked for.
    """

    def __init__(self, values: Mapping[str, object], path: KeyPath, faults: Faults) -> None:
        self._values = values
        self._path = path
        self._faults = faults
        self._known: dict[str, None] = {}

    def fault(self, key: str, text: str, *, secret: bool = False) -> None:
        """Remember that a key, with its value, is wrong."""
        value = "" if secret or key not in self._values else f" = {shown(self._values[key])}"
        self._faults.add((*self._path, key), f"{value}: {text}")

    def has(self, key: str) -> bool:
        """Return whether the key is there; it counts as known from now on."""
        self._known[key] = None
        return key in self._values

    def given(self, key: str) -> object:
        """Return the value as it stands, ``None`` when absent: for whoever checks it alone."""
        return self._values[key] if self.has(key) else None

    def raw_text(self, key: str) -> str | None:
        """Return a text of 1 to 1024 characters, whatever it says, ``None`` when absent or wrong."""
        if not self.has(key):
            return None
        value = self._values[key]
        if isinstance(value, str) and 0 < len(value) <= MAX_CHARS and value.isprintable():
            return value
        self.fault(key, f"must be text in quotes, 1 to {MAX_CHARS} printable characters", secret=True)
        return None

    def text(self, key: str, default: T, *, pattern: str, rule: str) -> str | T:
        """Return a text that matches ``pattern``, which ``rule`` says in words; empty where that matches."""
        self._takes(key, rule.removeprefix("must be "))
        if self.has(key) and self._values[key] == "" and re.fullmatch(pattern, ""):
            return ""
        value = self.raw_text(key)
        if value is None:
            return default
        if re.fullmatch(pattern, value):
            return value
        self.fault(key, rule)
        return default

    def path(self, key: str, folder: Path) -> Path | None:
        """Return a path, counted from ``folder`` when relative; ``None`` when absent or wrong."""
        self._takes(key, "a path")
        text = self.raw_text(key)
        return None if text is None else folder / os.path.expanduser(text)  # noqa: PTH111 - Path.expanduser() raises

    def choice(self, key: str, default: Word, allowed: Sequence[Word]) -> Word:
        """Return one of the allowed words."""
        rule = " or ".join(f'"{word}"' for word in allowed)
        self._takes(key, rule)
        value = self._values[key] if self.has(key) else default
        for word in allowed:
            if value == word:
                return word
        near = get_close_matches(value, allowed, n=1) if isinstance(value, str) else []
        guess = f'; did you mean "{near[0]}"?' if near else ""
        self.fault(key, f"must be {rule}{guess}")
        return default

    def choices(self, key: str, allowed: Sequence[Word]) -> tuple[Word, ...]:
        """Return some of the allowed words, in the order of those; none when absent."""
        words = ", ".join(f'"{word}"' for word in allowed)
        rule = f"a list out of {words}; [] for none"
        self._takes(key, rule)
        value = self._values[key] if self.has(key) else []
        if isinstance(value, list) and all(item in allowed for item in value):
            return tuple(word for word in allowed if word in value)
        self.fault(key, f"must be {rule}")
        return ()

    def number(self, key: str, default: float, *, low: float, high: float, unit: str = "") -> float:
        """Return a finite number in ``[low, high]``."""
        self._takes(key, f"{low:g} to {high:g}", unit)
        value = self._values[key] if self.has(key) else default
        # Compare before converting: an integer may be too big for a float.
        if isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high:
            return float(value)
        self.fault(key, f"must be a number from {low:g} to {high:g}{unit and ' '}{unit}")
        return default

    def integer(self, key: str, default: int, *, low: int, high: int, unit: str = "") -> int:
        """Return a whole number in ``[low, high]``."""
        self._takes(key, f"{low} to {high}", unit)
        value = self._values[key] if self.has(key) else default
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.fault(key, f"must be a whole number from {low} to {high}{unit and ' '}{unit}")
        return default

    def constant(self, key: str, wanted: int, *, rule: str) -> None:
        """Insist on a key with one value."""
        value = self._values[key] if self.has(key) else None
        if value != wanted or isinstance(value, bool):
            self.fault(key, rule)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        self._takes(key, "true or false")
        value = self._values[key] if self.has(key) else default
        if isinstance(value, bool):
            return value
        self.fault(key, "must be true or false, without quotes")
        return default

    def table(self, key: str) -> Table:
        """Return a table inside this one; an empty one when absent or wrong."""
        value = self._values[key] if self.has(key) else {}
        if not isinstance(value, dict):
            self.fault(key, f"must be a table; write [{dotted((*self._path, key))}] above its keys")
            value = {}
        return Table(value, (*self._path, key), self._faults)

    def tables(self, key: str, *, at_most: int) -> list[Table]:
        """Return the tables of an array, ``[[key]]``; at least one must be there."""
        value = self._values[key] if self.has(key) else []
        path = (*self._path, key)
        if isinstance(value, dict):
            self.fault(key, f"write [[{key}]] with two brackets: there may be several")
            value = [value]
        elif not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fault(key, f"must be tables; write [[{key}]] above the keys of each")
            return []
        elif not 1 <= len(value) <= at_most:
            self.fault(key, f"there must be 1 to {at_most} [[{key}]] tables, and there are {len(value)}")
        return [Table(item, (*path, place), self._faults) for place, item in enumerate(value[:at_most])]

    def finish(self, refused: Mapping[str, str] | None = None) -> None:
        """Find the keys that nobody asked for.

        Args:
            refused: What to say about keys that one might expect here.
        """
        for key in self._values:
            if refused and key in refused:
                self.fault(key, refused[key], secret=True)
            elif key not in self._known:
                near = get_close_matches(key, self._known, n=1)
                guess = f'did you mean "{near[0]}"?' if near else f"known here: {', '.join(self._known)}"
                self.fault(key, f"unknown key; {guess}", secret=True)

    def _takes(self, key: str, allowed: str, unit: str = "") -> None:
        self._faults.rules[(*self._path, key)] = Rule(allowed, unit)

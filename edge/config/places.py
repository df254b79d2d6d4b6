"""Finds the line on which a key of a TOML text stands.

The TOML parser gives values without places. This small scan knows headers,
``key =`` lines and long strings; where it cannot tell, the line of the table
around the key is given, or none.
"""

from __future__ import annotations

import re

KeyPath = tuple[str | int, ...]
"""Keys from the top of the document; a number counts within an array of tables."""

_BARE = r"[A-Za-z0-9_-]+|\"[^\"\\]*\"|'[^']*'"
_DOTTED = rf"\s*(?:{_BARE})(?:\s*\.\s*(?:{_BARE}))*\s*"
_HEADER = re.compile(rf"\s*(\[\[?)({_DOTTED})\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(rf"({_DOTTED})=")
_KEY = re.compile(_BARE)
_LONG = ('"""', "'''")


class Places:
    """Lines of keys, found once."""

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {}
        self._arrays: dict[KeyPath, int] = {}
        self._scan(text)

    def line(self, path: KeyPath) -> int | None:
        """Return the line of ``path``, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            found = self._lines.get(path[:length])
            if found is not None:
                return found
        return None

    def _scan(self, text: str) -> None:
        table: KeyPath = ()
        inside = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if inside:
                inside = "" if inside in line else inside
            elif header := _HEADER.match(line):
                table = self._enter(_keys(header[2]), array=header[1] == "[[")
                self._lines.setdefault(table, number)
            elif assignment := _ASSIGNMENT.match(line):
                self._lines.setdefault(table + _keys(assignment[1]), number)
                value = line[assignment.end() :]
                inside = next((mark for mark in _LONG if value.count(mark) == 1), "")

    def _enter(self, keys: KeyPath, *, array: bool) -> KeyPath:
        """Return the table a header opens, with the numbers of the arrays on its way."""
        table: KeyPath = ()
        for depth, key in enumerate(keys, start=1):
            table += (key,)
            if array and depth == len(keys):
                self._arrays[table] = self._arrays.get(table, -1) + 1
            if table in self._arrays:
                table += (self._arrays[table],)
        return table


def _keys(dotted: str) -> KeyPath:
    return tuple(key.strip("\"'") for key in _KEY.findall(dotted))

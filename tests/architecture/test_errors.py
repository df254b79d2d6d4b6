from __future__ import annotations

import inspect
import re

import pytest

from edge import errors

CLASSES = [
    found for _, found in inspect.getmembers(errors, inspect.isclass) if found.__module__ == errors.__name__
]
DRAWN = re.findall(r"^(?:[│ ]*[├└]── )?(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)


@pytest.mark.parametrize("found", CLASSES)
def test_every_error_hangs_from_the_root(found: type) -> None:
    assert issubclass(found, errors.EdgeError)


@pytest.mark.parametrize("found", CLASSES)
def test_every_error_is_named_one(found: type) -> None:
    assert found.__name__.endswith("Error")


@pytest.mark.parametrize("found", CLASSES)
def test_every_error_says_what_happened(found: type) -> None:
    assert found.__dict__.get("__doc__")


def test_the_drawing_shows_every_error_once() -> None:
    assert sorted(DRAWN) == sorted(found.__name__ for found in CLASSES)


def test_the_drawing_hangs_each_error_from_its_parent() -> None:
    drawn: dict[str, str] = {}
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"^([│├└─ ]*)(\w+Error)\b", line):
            depth = len(match[1]) // 4
            above[depth] = match[2]
            if depth:
                drawn[match[2]] = above[depth - 1]
    assert drawn == {
        found.__name__: found.__bases__[0].__name__ for found in CLASSES if found is not errors.EdgeError
    }

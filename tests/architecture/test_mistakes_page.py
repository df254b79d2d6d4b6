from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mistakes.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")][1:]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PINS = sorted({found for *_, tests in ROWS for found in NAMED.findall(tests)})


@pytest.mark.parametrize(("path", "name"), PINS, ids=[name for _, name in PINS])
def test_a_test_that_is_said_to_pin_a_mistake_exists(path: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_mistake_names_what_pins_it() -> None:
    assert [mistake for mistake, *_, tests in ROWS if not NAMED.search(tests)] == []

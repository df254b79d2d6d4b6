from __future__ import annotations

import re
import statistics
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES_MEDIAN, LINES_MAX = 120, 300
OUR_FOLDERS = ("edge", "convert", "tests", "benchmarks", "firmware_configs")
PYTHON_FILES = sorted(path for folder in OUR_FOLDERS for path in (ROOT / folder).rglob("*.py"))
MODULES = [path for path in PYTHON_FILES if path.relative_to(ROOT).parts[0] in {"edge", "convert"}]
PAGE = ROOT / "ARCHITECTURE.md"


def lines(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_one_person_can_hold_in_mind() -> None:
    long = {path.relative_to(ROOT).as_posix(): lines(path) for path in MODULES if lines(path) > LINES_MAX}
    assert long == {}


def test_half_of_the_modules_are_short() -> None:
    assert statistics.median(lines(path) for path in MODULES) <= LINES_MEDIAN


def test_nothing_is_mocked() -> None:
    words = re.compile(r"unittest(\.| import )mock")
    assert [path for path in PYTHON_FILES if words.search(path.read_text(encoding="utf-8"))] == []


def test_the_architecture_page_names_only_what_exists() -> None:
    text = PAGE.read_text(encoding="utf-8")
    files = set(re.findall(r"\b(?:edge|convert|tests|docs|benchmarks)/[\w/]*\w(?:\.\w+)?", text))
    modules = {
        name.replace(".", "/") for name in re.findall(r"`((?:edge|convert)\.[a-z_]+(?:\.[a-z_]+)*)`", text)
    }
    absent = [name for name in files if not (ROOT / name).exists()]
    absent += [
        name for name in modules if not ((ROOT / name).is_dir() or (ROOT / name).with_suffix(".py").exists())
    ]
    assert absent == []


def test_the_index_of_decisions_is_complete_and_unbroken() -> None:
    folder = ROOT / "docs" / "adr"
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name[:4] for name in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d{4}[^)]*)\)", index) == pages

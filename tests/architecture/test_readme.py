from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- help: (?P<command>[^>]*?) -->\s*```\w*\n(?P<text>.*?)```", re.DOTALL)
TEXT = README.read_text(encoding="utf-8")
SHOWN = [pytest.param(found["command"], found["text"], id=found["command"]) for found in BLOCK.finditer(TEXT)]


def help_of(command: str) -> str:
    """Return what a console script of ours prints for ``command --help``, 80 columns wide."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    name, *words = command.split()
    module, _, function = project["project"]["scripts"][name].partition(":")
    script = (
        f"import sys\nfrom {module} import {function}\nsys.argv[0] = {name!r}\nraise SystemExit({function}())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words, "--help"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_every_help_block_of_the_readme_is_found() -> None:
    assert len(SHOWN) == TEXT.count("<!-- help:")


@pytest.mark.parametrize(("command", "shown"), SHOWN)
def test_the_readme_shows_what_help_says(command: str, shown: str) -> None:
    assert shown.strip() == help_of(command).strip()


def test_both_console_scripts_answer_help() -> None:
    assert "usage: stillwatch-convert" in help_of("stillwatch-convert")
    assert "usage: stillwatch" in help_of("stillwatch")

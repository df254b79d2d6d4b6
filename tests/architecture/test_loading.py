from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEVER = {"tensorflow", "keras", "convert", "asyncio", "pydantic", "amqtt", "skimage"}
LATE = NEVER | {"numpy", "cv2", "paho", "psycopg", "sqlite3"}


def modules_after(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter holds after ``statement``."""
    script = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("module", ["edge", "edge.cli", "edge.errors"])
def test_what_answers_help_loads_nothing_heavy(module: str) -> None:
    assert modules_after(f"import {module}") & LATE == set()


@pytest.mark.parametrize("module", ["edge.app", "edge.agent", "edge.delivery"])
def test_the_runtime_loads_no_framework(module: str) -> None:
    assert modules_after(f"import {module}") & NEVER == set()

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for half in ("edge", "convert") for path in (ROOT / half).rglob("*.py"))
AT_HOME = [
    pytest.param(
        "paho", "edge/(drivers|demo)", id="only-drivers-and-the-demonstrations-subscriber-know-paho"
    ),
    pytest.param(
        "ai_edge_litert", "(edge/drivers|convert)", id="only-drivers-and-the-workstation-know-litert"
    ),
    pytest.param("sqlite3", "edge/drivers", id="only-drivers-know-sqlite"),
    pytest.param("psycopg", "edge/drivers", id="only-drivers-know-postgresql"),
    pytest.param("asyncio", "edge/demo", id="only-the-demonstration-uses-asyncio"),
    pytest.param("amqtt", "edge/demo", id="only-the-demonstration-has-a-broker-of-its-own"),
    pytest.param("skimage", "edge/demo", id="only-the-demonstration-knows-scikit-image"),
    pytest.param("pydantic", "nowhere", id="nobody-uses-pydantic"),
]


def imports(path: Path) -> set[str]:
    """Return the top-level names that a file imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_every_import_contract_holds() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("library", "home"), AT_HOME)
def test_a_library_stays_where_it_belongs(library: str, home: str) -> None:
    users = [path.relative_to(ROOT).as_posix() for path in MODULES if library in imports(path)]
    assert [user for user in users if not re.match(f"{home}/", user)] == []

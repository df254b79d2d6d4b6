from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WANTING = "import pytest\ndef test_it():\n    pytest.skip('needs a tool: apt install tool')\n"
WANTING_MODULE = "import pytest\npytest.skip('needs a tool: apt install tool', allow_module_level=True)\n"
ELSEWHERE = "import pytest\ndef test_it():\n    pytest.skip('a matter of another system')\n"


def exit_code(folder: Path, text: str, require_all: str) -> int:
    """Run one file of tests under the hooks of ``tests/conftest.py``; return pytest's exit code."""
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--rootdir", folder, "-c", os.devnull, folder / "test_it.py"],
        cwd=ROOT,
        env={**os.environ, "STILLWATCH_REQUIRE_ALL": require_all},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize("text", [WANTING, WANTING_MODULE], ids=["test", "module"])
def test_a_missing_tool_fails_where_all_are_required(tmp_path: Path, text: str) -> None:
    assert exit_code(tmp_path, text, "1") not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


@pytest.mark.parametrize(
    ("text", "require_all"),
    [
        pytest.param(WANTING, "", id="nothing-is-required"),
        pytest.param(ELSEWHERE, "1", id="skipped-for-another-reason"),
    ],
)
def test_other_skips_stay_skips(tmp_path: Path, text: str, require_all: str) -> None:
    assert exit_code(tmp_path, text, require_all) == pytest.ExitCode.OK

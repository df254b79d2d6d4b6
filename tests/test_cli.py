from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge import __version__
from edge.cli import main

ROOT = Path(__file__).parents[1]
HEAVY = {
    "numpy",
    "cv2",
    "logging",
    "socket",
    "threading",
    "json",
    "tomllib",
    "subprocess",
    "sqlite3",
}


def stillwatch(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "edge", *args]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def modules_after(statement: str) -> set[str]:
    script = f"import sys; {statement}; print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    "args",
    [
        "--help",
        "--version",
        "run --help",
        "ledger accept --help",
        "demo --help",
        "compare --help",
        "probe --help",
        "doctor --help",
        "init --help",
        "config explain --help",
        "consume --help",
    ],
)
def test_help_loads_nothing_heavy(args: str) -> None:
    loaded = modules_after(f"import edge.cli; edge.cli.main({args.split()!r})")
    # What the interpreter loads for itself depends on how it was installed.
    assert loaded & HEAVY <= modules_after("pass")


@pytest.mark.parametrize(
    "words",
    [
        "small is different",
        "stillwatch demo",
        "stillwatch run --config",
        "stillwatch ledger list",
        "exit codes:",
    ],
)
def test_help_teaches(capsys: pytest.CaptureFixture[str], words: str) -> None:
    assert main(["--help"]) == 0
    assert words in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"stillwatch {__version__}\n"


def test_no_command_shows_the_help_as_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "first steps:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["wtach"], "wtach", id="unknown-command"),
        pytest.param(["run", "--second", "5"], "--second", id="no-abbreviations"),
        pytest.param(["run", "--seconds", "nan"], "positive number", id="no-number-of-seconds"),
        pytest.param(["run", "--seconds", "-1"], "positive number", id="negative-seconds"),
        pytest.param(["demo", "--seed", "1.5"], "whole number", id="half-a-seed"),
        pytest.param(["demo", "--seed", "-1"], "whole number", id="a-negative-seed"),
        pytest.param(["ledger"], "ACTION", id="no-action"),
        pytest.param(["ledger", "accept"], "CHANGE_ID", id="nothing-to-accept"),
        pytest.param(["ledger", "list", "--state", "a", "--config", "b"], "not allowed", id="two-ledgers"),
    ],
)
def test_wrong_arguments_exit_2_and_say_why(
    capsys: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    assert main(args) == 2
    assert words in capsys.readouterr().err


def test_every_fault_is_a_line_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text("config = 2\n[device]\nid = 'a'\n[mqtt]\nurl = 'x'\n[[camera]]\nname = 'X'\n")
    assert main(["run", "--config", str(config)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert all(line.startswith(f"stillwatch: {config}:") for line in lines)


def test_the_environment_names_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STILLWATCH_CONFIG", str(tmp_path / "mine%.toml"))
    assert main(["run"]) == 2
    assert f"stillwatch: {tmp_path}/mine%.toml: no such file" in capsys.readouterr().err


def test_python_m_edge_is_the_same_program() -> None:
    done = stillwatch("run", "--config", "/no/such/file.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("stillwatch: /no/such/file.toml: no such file")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "edge", "--help"]
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    done = subprocess.run(
        command, cwd=ROOT, env=buffered, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_ctrl_c_is_quiet(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    command = [sys.executable, "-m", "edge", "run", "--config", str(tmp_path / "config.toml")]
    waiting = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    with (tmp_path / "config.toml").open("wb"):  # opens once the program has come so far as to read
        waiting.send_signal(signal.SIGINT)
        _, told = waiting.communicate(timeout=30)
    assert (waiting.returncode, told) == (130, "")

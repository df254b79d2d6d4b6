from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli import main
from edge.consumers import store_at
from edge.core.sequence import Page, Sequences, Unreadable
from tests.consume.telling import told, told_gap

ROOT = Path(__file__).parents[2]
TS = "2026-11-22T12:00:00.000Z"


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """A file with a few events, a gap, one that waits, and rubbish."""
    path = tmp_path / "events.sqlite3"
    store = store_at(str(path))
    sequences, page = Sequences(store.positions(), store.early), Page(TS)
    for message in (told(1), told(2), told_gap(3, 5), told(8)):
        sequences.take(message, page)
    page.unreadable.append(Unreadable("stillwatch/v1/bench1/gap", b"rubbish", "no JSON"))
    store.write(page)
    store.close()
    return path


def test_the_status_is_a_line_for_each_sequence(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["consume", "--status", "--into", str(events)]) == 0
    headings, row, remark = capsys.readouterr().out.splitlines()
    assert headings.split()[:9] == [
        "device",
        "epoch",
        "kept",
        "to",
        "missing",
        "waiting",
        "events",
        "gaps",
        "lost",
    ]
    assert row.split()[:9] == ["bench1", "9f3a6c01", "5", "3", "1", "2", "1", "3", TS]
    assert remark.startswith("1 messages are kept apart")


def test_the_status_as_json_holds_the_same(events: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["consume", "--status", "--json", "--into", str(events)]) == 0
    status = json.loads(capsys.readouterr().out)
    (one,) = status["sequences"]
    expected = {"seq": 5, "newest": 8, "missing": 3, "waiting": 1, "events": 2, "gaps": 1, "lost": 3}
    assert {key: one[key] for key in expected} == expected
    assert (status["schema"], status["unreadable"]) == ("stillwatch.consume/1", 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--status", "--into", "absent.sqlite3"], "no such file", id="nothing-to-read"),
        pytest.param(["--broker", "mqtt://h", "--into", "e.sqlite3"], "allow_plain", id="an-open-connection"),
        pytest.param(["--broker", "h", "--into", "e.sqlite3"], "must be mqtts://HOST", id="no-url"),
        pytest.param(
            ["--broker", "mqtts://u:hunter2@h", "--into", "e.sqlite3"],
            "write username",
            id="a-password-in-it",
        ),
        pytest.param(
            ["--broker", "mqtts://h", "--password-file", "p", "--into", "e.sqlite3"],
            "needs a username",
            id="a-password-for-nobody",
        ),
        pytest.param(
            ["--broker", "mqtt://localhost", "--device", "BENCH 1", "--into", "e.sqlite3"],
            "--device",
            id="a-device-that-cannot-be",
        ),
        pytest.param(
            ["--broker", "mqtt://localhost", "--into", "postgresql://u:hunter2@h/d"],
            "everybody on this machine sees",
            id="a-password-for-the-database",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_code_2(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "edge", "consume", *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert "hunter2" not in done.stderr + done.stdout
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["--into", "e"], ["--into", "e", "--status", "--broker", "b"]], ids=" ".join
)
def test_what_is_asked_for_must_be_said(arguments: list[str]) -> None:
    assert main(["consume", *arguments]) == 2

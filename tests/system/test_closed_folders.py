"""Folders of somebody else: a command says whose they are in a line, and never ends in a traceback."""

from __future__ import annotations

import codecs
import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest

import edge
from edge.cli import main
from tests.frames import write_frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.system

CONFIG = """\
config = 1
[device]
id = "bench1"
state_dir = "{state}"
[mqtt]
url = "mqtt://127.0.0.1:1"
[model]
{model}
[[camera]]
name = "shelf"
source = "dir:frames"
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Import all there is: who runs the tests may have a Python that only they can read."""
    write_frames(tmp_path_factory.mktemp("frames"), count=1)
    for module in pkgutil.walk_packages(edge.__path__, "edge."):
        if not module.name.endswith(("__main__", "demo.broker")):
            importlib.import_module(module.name)
    for encoding in ("ascii", "idna", "utf-8-sig"):
        codecs.lookup(encoding)


@pytest.fixture
def closed(loaded: None, own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:  # noqa: ARG001 - first
    """A folder that we may not look into, in the current one; beside it, configurations that name it."""
    monkeypatch.chdir(own_folder)
    write_frames(own_folder / "frames", count=2)
    folder = own_folder / "closed"
    folder.mkdir(mode=0)
    (own_folder / "closed.toml").touch(mode=0)
    difference = 'method = "difference"'
    for name, state, model in (
        ("state.toml", "closed", difference),
        ("below.toml", "closed/state", difference),
        ("bundle.toml", "state", 'bundle = "closed/bundle"'),
    ):
        (own_folder / name).write_text(CONFIG.format(state=state, model=model))
    yield folder
    folder.chmod(0o700)


@pytest.mark.parametrize(
    "command",
    [
        "ledger list --state closed",
        "ledger list --state closed/state",
        "ledger list --config below.toml",
        "ledger accept all --state closed",
        "ledger list --config closed/my.toml",
        "why --state closed",
        "why --state closed/state",
        "why --config below.toml",
        "why-not --state closed",
        "camera arm shelf --state closed",
        "camera arm shelf --state closed/state",
        "init --out my.toml --source closed/clip.mp4",
        "init --out closed/my.toml --source frames",
        "demo --source closed/clip.mp4",
    ],
)
def test_what_may_not_be_looked_at_is_said_to_be_somebody_elses(
    closed: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main(command.split()) in {2, 5}
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "cannot be read" in told
    assert closed.name in told


@pytest.mark.parametrize(
    "command",
    [
        "run --config closed/my.toml",
        "run --config closed.toml",
        "run --config state.toml",
        "run --config below.toml",
        "run --config bundle.toml",
        "doctor --config closed/my.toml",
        "doctor --config state.toml",
        "doctor --config below.toml",
        "doctor --config bundle.toml",
        "config check closed/my.toml",
        "config migrate closed/my.toml",
        "compare closed/1.png closed/2.png",
        "compare frames/0.png frames/1.png --model closed/bundle",
        "probe --config closed/my.toml",
        "consume --into closed/events.sqlite3 --status --device all",
        "consume --into closed/events.sqlite3 --broker mqtt://127.0.0.1:1 --device all",
    ],
)
def test_no_command_ends_in_a_traceback(
    closed: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main(command.split()) in {2, 4, 5, 6}
    captured = capsys.readouterr()
    assert closed.name in captured.out + captured.err

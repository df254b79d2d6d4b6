from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge.drivers.state_lock import holder_of, state_lock
from edge.errors import ConfigError

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from edge.drivers.state_lock import state_lock
with state_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_at_once_are_one_too_many(tmp_path: Path) -> None:
    with (
        state_lock(tmp_path),
        pytest.raises(
            ConfigError, match=rf"in use by another stillwatch \(process {os.getpid()}\); stop that"
        ),
        state_lock(tmp_path),
    ):
        pass


def test_one_after_the_other_is_fine(tmp_path: Path) -> None:
    for _ in range(2):
        with state_lock(tmp_path):
            pass
    assert holder_of(tmp_path) is None


def test_whoever_holds_it_is_named(tmp_path: Path) -> None:
    with state_lock(tmp_path):
        assert holder_of(tmp_path) == str(os.getpid())


def test_nobody_holds_what_was_never_held(tmp_path: Path) -> None:
    assert holder_of(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.system
def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert holder_of(tmp_path) == str(other.pid)
        other.send_signal(signal.SIGKILL)
        other.wait()
    with state_lock(tmp_path):
        pass


def test_a_folder_that_refuses_is_named(own_folder: Path) -> None:
    own_folder.chmod(0o500)
    with (
        pytest.raises(ConfigError, match="Permission denied; name a folder we may write to"),
        state_lock(own_folder),
    ):
        pass

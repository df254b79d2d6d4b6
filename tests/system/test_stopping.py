from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bench import bench_config
from tests.filming import needs_linux
from tests.filming import program as film_program
from tests.films import film
from tests.frames import write_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import StartMosquitto

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
AT_ONCE = """\
[camera.detect]
confirm = "1/1"
"""


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """An ear where systemd would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(PATIENCE_S)
        yield ear


def stopped(folder: Path, ear: socket.socket, config: str, *, when: bytes) -> tuple[int, list[bytes]]:
    """Run a device, end it once it says ``when``; return exit code and all that systemd was told."""
    (folder / "my.toml").write_text(config)
    command = [sys.executable, "-m", "edge", "run", "--config", str(folder / "my.toml")]
    with (folder / "log").open("ab") as log:
        device = subprocess.Popen(
            command,
            cwd=ROOT,
            stderr=log,
            env={"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": str(folder / "notify")},
        )
    try:
        told = [ear.recv(256)]
        while when not in told[-1]:
            told.append(ear.recv(256))
        device.terminate()
        code = device.wait(PATIENCE_S)
    finally:
        device.kill()
        device.wait()
    ear.settimeout(0.0)
    try:
        while True:
            told.append(ear.recv(256))
    except BlockingIOError:
        return code, told


@pytest.mark.parametrize(
    ("source", "fps", "when"),
    [
        pytest.param("rtsp://127.0.0.1:{port}/1", 2, b"shelf lost", id="nobody-films"),
        pytest.param("rtsp://192.0.2.1/1", 2, b"shelf lost", id="a-camera-that-never-answers"),
        pytest.param("file:film.avi", 5, b"shelf learning", id="learning"),
        pytest.param("pipe:./silent", 2, b"shelf lost", id="a-program-that-films-nothing"),
        pytest.param("dir:frames", 0.5, b"READY=1", id="a-slow-camera"),
    ],
)
def test_sigterm_is_a_clean_end_while_the_broker_is_away_and(
    tmp_path: Path, systemd: socket.socket, free_port: int, source: str, fps: float, when: bytes
) -> None:
    if source.startswith("pipe:"):
        needs_linux()
        film_program(tmp_path, "import time\ntime.sleep(600)\n", name="silent")
        source = f"pipe:{tmp_path / 'silent'}"
    if source.startswith("file:"):
        film(tmp_path / "film.avi", seconds=60, gone_s=None)
    if source.startswith("dir:"):
        write_frames(tmp_path / "frames", count=10)
    config = bench_config(free_port, source=source.format(port=free_port), fps=fps) + AT_ONCE
    code, told = stopped(tmp_path, systemd, config, when=when)
    assert code == 0
    assert told[0] == b"READY=1"
    assert told[-2:] == [b"STOPPING=1", b"STATUS=saying farewell"]


def test_sigterm_is_a_clean_end_while_the_broker_is_there(
    tmp_path: Path, systemd: socket.socket, mosquitto: StartMosquitto
) -> None:
    film(tmp_path / "film.avi", seconds=60, gone_s=None)
    config = bench_config(mosquitto().port, source="file:film.avi", fps=5) + AT_ONCE
    code, told = stopped(tmp_path, systemd, config, when=b"broker connected")
    assert (code, told[-2]) == (0, b"STOPPING=1")

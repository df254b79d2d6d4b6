"""A network camera whose picture stands still to the last bit: not the same as a view without a change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bench import bench_config
from tests.listening import PATIENCE_S, Subscriber
from tests.system.test_camera_rtsp import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.types import Message
    from tests.conftest import StartMosquitto

pytestmark = [pytest.mark.system, pytest.mark.slow]

LIMITS = "[camera.detect]\nfrozen_after_s = 10\n"


@pytest.fixture
def frozen(free_port: int) -> Iterator[Server]:
    """A server that sends ten pictures a second, all of them the same."""
    server = Server(free_port)
    server.start()
    yield server
    server.kill()


def last(heard: list[Message], ending: str) -> bytes:
    """Return what was told last on a topic, nothing before it was."""
    return next((m.payload for m in reversed(heard) if m.topic.endswith(ending)), b"")


def test_a_frozen_stream_is_an_offline_camera(
    tmp_path: Path, frozen: Server, mosquitto: StartMosquitto
) -> None:
    broker = mosquitto()
    ear = Subscriber(broker.port, "stillwatch/v1/bench1/#")
    config = tmp_path / "my.toml"
    config.write_text(bench_config(broker.port, source=frozen.url, fps=2) + LIMITS)
    config.chmod(0o600)
    command = [sys.executable, "-m", "edge", "run", "--config", str(config)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE) as device:
        try:
            ear.heard.wait(lambda heard: last(heard, "/availability") == b"online")
            heard = ear.heard.wait(lambda heard: b'"view":"frozen"' in last(heard, "/state"))
        finally:
            device.terminate()
            _, told = device.communicate(timeout=PATIENCE_S)
    ear.close()
    assert last(heard, "/availability") == b"offline"
    assert "camera shelf: always the same picture; restart the camera" in told.decode()

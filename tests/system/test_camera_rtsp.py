from __future__ import annotations

import signal
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.drivers.camera_live import LiveCamera
from edge.drivers.camera_opencv import VideoFeed
from edge.drivers.clock import SystemClock
from edge.types import Frame, NoFrame
from tests.filming import NoDice
from tests.rtsp import served

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.system, pytest.mark.slow]

MANY_TICKS = 200
PACKAGES = "gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good python3-gi"
PIPELINE = (
    "videotestsrc is-live=true pattern=red ! video/x-raw,width=64,height=48,framerate=10/1,format=I420"
    " ! jpegenc ! rtpjpegpay name=pay0 pt=26"
)


class Server:
    """A real RTSP server on the loopback interface, through any number of lives."""

    def __init__(self, port: int) -> None:
        self.url = f"rtsp://joe:geheim@127.0.0.1:{port}/film"
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it, and return once it accepts connections."""
        self._process = served(self._port, PIPELINE, shared=True)
        if self._process is None:
            pytest.skip(f"needs an RTSP server: apt install {PACKAGES}")

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None and self._process.stdout is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
            self._process = None


@pytest.fixture
def server(free_port: int) -> Iterator[Server]:
    one = Server(free_port)
    one.start()
    yield one
    one.kill()


@pytest.fixture
def ticks(server: Server) -> Iterator[Iterator[Frame | NoFrame]]:
    """What a camera on that server shows."""
    camera = LiveCamera("shelf", VideoFeed(server.url, 10), 10, SystemClock(), rng=NoDice())
    yield camera.frames()
    camera.close()


def first_frame(ticks: Iterator[Frame | NoFrame]) -> Frame:
    return next(tick for tick in islice(ticks, MANY_TICKS) if isinstance(tick, Frame))


def until(ticks: Iterator[Frame | NoFrame], wanted: Callable[[NoFrame], bool]) -> NoFrame:
    return next(t for t in islice(ticks, MANY_TICKS) if isinstance(t, NoFrame) and wanted(t))


def test_an_rtsp_camera_gives_frames(ticks: Iterator[Frame | NoFrame]) -> None:
    frame = first_frame(ticks)
    assert frame.pixels.shape == (48, 64, 3)
    assert np.abs(frame.pixels.astype(int) - (245, 5, 5)).max() < 20


def test_a_server_that_dies_is_reported_and_found_again(
    server: Server, ticks: Iterator[Frame | NoFrame], caplog: pytest.LogCaptureFixture
) -> None:
    before = first_frame(ticks)
    server.kill()
    refused = until(ticks, lambda tick: "refused" in tick.reason)
    server.start()
    assert first_frame(ticks).index > before.index
    assert "geheim" not in caplog.text + refused.reason


def test_a_server_that_hangs_is_reported_and_found_again(
    server: Server, ticks: Iterator[Frame | NoFrame]
) -> None:
    before = first_frame(ticks)
    server.send(signal.SIGSTOP)
    stalled = until(ticks, lambda tick: "sent none for 5 s" in tick.reason)
    server.send(signal.SIGCONT)
    assert stalled.since.mono_ns >= before.taken.mono_ns
    assert first_frame(ticks).index > before.index

from __future__ import annotations

import http.server
import threading
from itertools import islice
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.drivers.camera_live import LiveCamera
from edge.drivers.camera_opencv import VideoFeed
from edge.drivers.camera_opencv.feed import why_not
from edge.drivers.clock import SystemClock
from edge.types import Frame, NoFrame
from tests.filming import NoDice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.system

PICTURES = 50
MANY_TICKS = 100


class Stream(http.server.BaseHTTPRequestHandler):
    """A network camera: red pictures, thirty a second, for a while; then it hangs up, or hangs."""

    def do_GET(self) -> None:
        """Send pictures to whoever asks for ``/film``, a few to whoever asks for ``/hang``."""
        if self.path not in {"/film", "/hang"}:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        _, picture = cv2.imencode(".jpg", np.full((48, 64, 3), (20, 20, 200), np.uint8))
        jpeg = picture.tobytes()
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
        try:
            for _ in range(PICTURES):
                self.wfile.write(head + jpeg + b"\r\n")
                threading.Event().wait(1 / 30)
            if self.path == "/hang":
                self.rfile.read()  # until nobody looks any more
        except OSError:
            return  # nobody looks any more

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://joe:geheim@127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


@pytest.fixture
def film() -> Iterator[Callable[[str], LiveCamera]]:
    """Open cameras that are closed after the test."""
    cameras: list[LiveCamera] = []

    def start(source: str) -> LiveCamera:
        cameras.append(LiveCamera("shelf", VideoFeed(source, 30), 30, SystemClock(), rng=NoDice()))
        return cameras[-1]

    yield start
    for camera in cameras:
        camera.close()


def first_frame(ticks: Iterator[Frame | NoFrame]) -> Frame:
    return next(tick for tick in islice(ticks, MANY_TICKS) if isinstance(tick, Frame))


def first_trouble(ticks: Iterator[Frame | NoFrame], reason: str) -> NoFrame:
    return next(
        tick for tick in islice(ticks, MANY_TICKS) if isinstance(tick, NoFrame) and reason in tick.reason
    )


def test_a_network_camera_gives_frames(server: str, film: Callable[[str], LiveCamera]) -> None:
    frame = first_frame(film(f"{server}/film").frames())
    assert (frame.camera, frame.pixels.shape, frame.pixels.flags.writeable) == ("shelf", (48, 64, 3), False)
    assert np.abs(frame.pixels.astype(int) - (200, 20, 20)).max() < 8


def test_who_looks_late_gets_a_new_frame_and_sees_the_gap(
    server: str, film: Callable[[str], LiveCamera]
) -> None:
    ticks = film(f"{server}/film").frames()
    early, late = first_frame(ticks), first_frame(ticks)
    while late.index == early.index + 1:  # without gaps it never ends
        threading.Event().wait(0.5)
        early, late = late, first_frame(ticks)
    assert late.index > early.index


def test_a_camera_that_hangs_up_is_called_again(server: str, film: Callable[[str], LiveCamera]) -> None:
    ticks = film(f"{server}/film").frames()
    # One film has no more than so many.
    frames = list(islice((tick for tick in ticks if isinstance(tick, Frame)), PICTURES + 1))
    assert [frame.index for frame in frames] == sorted({frame.index for frame in frames})


def test_a_camera_that_stays_connected_and_sends_nothing_is_called_again(
    server: str, film: Callable[[str], LiveCamera], caplog: pytest.LogCaptureFixture
) -> None:
    ticks = film(f"{server}/hang").frames()
    seen = []
    while "sent none for 5 s" not in caplog.text:
        seen.append(next(ticks))
    assert any(isinstance(tick, NoFrame) for tick in seen)
    assert first_frame(ticks).index > max(tick.index for tick in seen if isinstance(tick, Frame))


def test_trouble_is_told_and_the_password_is_not(
    server: str, film: Callable[[str], LiveCamera], caplog: pytest.LogCaptureFixture
) -> None:
    trouble = first_trouble(film(f"{server}/nothing").frames(), "are path, user and password right?")
    assert "geheim" not in trouble.reason + caplog.text
    assert "***@127.0.0.1" in caplog.text


def test_trouble_names_the_moment_since_when(film: Callable[[str], LiveCamera]) -> None:
    ticks = film("/dev/no-such-camera").frames()
    once, again = next(ticks), next(ticks)
    assert isinstance(once, NoFrame)
    assert isinstance(again, NoFrame)
    assert once.since == again.since != again.now


def test_closing_ends_frames_and_thread(server: str, film: Callable[[str], LiveCamera]) -> None:
    camera = film(f"{server}/film")
    ticks = camera.frames()
    first_frame(ticks)
    camera.close()
    assert list(ticks) == []
    assert "camera-shelf" not in [thread.name for thread in threading.enumerate()]


def test_leaving_the_loop_ends_the_thread(film: Callable[[str], LiveCamera]) -> None:
    for _ in film("/dev/no-such-camera").frames():
        break
    assert "camera-shelf" not in [thread.name for thread in threading.enumerate()]


def test_a_camera_that_was_never_started_can_be_closed() -> None:
    LiveCamera("shelf", VideoFeed("/dev/video0", 5), 5, SystemClock()).close()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param("/dev/no-such-camera", "plugged in", id="no-device"),
        pytest.param("/dev/null", "not a camera", id="no-camera"),
        pytest.param("http://joe:geheim@no-such-host.invalid/1", "no such host: no-such-host", id="no-host"),
        pytest.param(f"rtsp://joe:geheim@{'x' * 70}/1", "no such host", id="an-impossible-name"),
    ],
)
def test_the_cause_of_trouble_is_found(source: str, words: str) -> None:
    assert words in why_not(source)
    assert "geheim" not in why_not(source)


def test_a_closed_port_is_a_refusal(free_port: int) -> None:
    assert f"refused by 127.0.0.1:{free_port}" in why_not(f"rtsp://joe:geheim@127.0.0.1:{free_port}/1")

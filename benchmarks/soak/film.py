"""A film without end, as a program of its own: to standard output, or as a network camera.

Once a certain file says since when, a part of the scene is gone for a while, comes
back, and so on; ``plan`` knows when.
SIGUSR1 makes the film stand still, picture by picture the same, until the next one.
"""

from __future__ import annotations

import argparse
import http.server
import itertools
import math
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from benchmarks.soak import plan
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import arrange, tabletop
from edge.sim.script import PartVanishes, Script
from edge.types import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

WIDTH, HEIGHT = 480, 270
FPS = 5.0
EACH_S = 4.0
"""Length of what is rendered with the part, and of the same without it."""

standing_still = False


def rendered() -> tuple[list[bytes], list[bytes]]:
    """Return JPEG pictures with the part, and without it."""
    script = Script(2 * EACH_S, (PartVanishes(EACH_S, 1),))
    camera = SimCamera(
        "film", arrange(tabletop(WIDTH, HEIGHT), seed=3), script, SimClock(), fps=FPS, noise=1.5
    )
    jpegs = []
    for tick in camera.frames():
        assert isinstance(tick, Frame)
        bgr = cv2.cvtColor(tick.pixels, cv2.COLOR_RGB2BGR)
        jpegs.append(cv2.imencode(".jpg", bgr, (cv2.IMWRITE_JPEG_QUALITY, 95))[1].tobytes())
    half = round(EACH_S * FPS)
    return jpegs[:half], jpegs[half:]


def pictures(began: Path, there: list[bytes], gone: list[bytes]) -> Iterator[bytes]:
    """Yield the picture of now, as often as the film has one."""
    jpeg, began_s = b"", math.inf
    for number in itertools.count():
        if began_s == math.inf and began.exists():
            began_s = float(began.read_text())
        if not standing_still or not jpeg:
            choice = gone if plan.gone(time.time() - began_s) else there
            jpeg = choice[number % len(choice)]
        yield jpeg
        time.sleep(1 / FPS)


def turn(_number: int, _frame: FrameType | None) -> None:
    """Stand still, or go on."""
    global standing_still  # noqa: PLW0603 - a signal has nowhere else to say it
    standing_still = not standing_still


def serve(port: int, began: Path) -> None:
    """Be a network camera."""
    there, gone = rendered()

    class Stream(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Send pictures until nobody looks any more."""
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            try:
                for jpeg in pictures(began, there, gone):
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
            except OSError:
                return

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    http.server.ThreadingHTTPServer.allow_reuse_address = True
    http.server.ThreadingHTTPServer.daemon_threads = True
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Stream).serve_forever()


def main() -> None:
    """Film."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--began", type=Path, required=True)
    parser.add_argument("--port", type=int)
    args = parser.parse_args()
    signal.signal(signal.SIGUSR1, turn)
    if args.port is not None:
        serve(args.port, args.began)
        return
    for jpeg in pictures(args.began, *rendered()):
        sys.stdout.buffer.write(jpeg)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

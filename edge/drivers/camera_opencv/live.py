"""Cameras that film now: on a cable, or in the network."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import cv2

from edge.config import redacted
from edge.core.backoff import pause_s
from edge.drivers.camera_opencv.capture import OVERDUE_PERIODS, PATIENCE_S, as_rgb, prepare, too_big
from edge.types import Frame, NoFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.ports import Clock

TIMEOUT_MS = 5000
"""For opening a stream, and between two pictures of it."""

CLOSE_TIMEOUT_S = 2 * TIMEOUT_MS / 1000
FIRST_BACKOFF_S = 0.5
MAX_BACKOFF_S = 30.0
WANTED_SIZE = (1920, 1080)
UNCOMPRESSED_FPS = 5.0
"""Up to this rate a cable carries ``WANTED_SIZE`` without compression."""

PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}

_log = logging.getLogger(__name__)


class LiveCamera:
    """Keeps the newest picture of a camera that films now, and reconnects for ever.

    A thread of its own reads, so that a slow reader of ``frames`` gets the picture
    of now and not one from a queue. ``index`` counts the pictures taken over at the
    configured rate; those the reader was too slow for leave a gap.

    Args:
        name: The camera's name.
        source: ``/dev/video0``, or an ``rtsp``, ``rtsps``, ``http`` or ``https`` URL.
        fps: Looks per second wanted; pictures in between are skipped.
        clock: Stamps the pictures.
        rng: Spreads the reconnects.
    """

    def __init__(
        self, name: str, source: str, fps: float, clock: Clock, *, rng: random.Random | None = None
    ) -> None:
        self._name = name
        self._source = source
        self._period_ns = round(1e9 / fps)
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 - spreads reconnects; guards no secret
        self._thread = threading.Thread(target=self._read, name=f"camera-{name}", daemon=True)
        self._stop = threading.Event()
        self._news = threading.Condition()
        self._newest: Frame | None = None
        self._index = 0
        self._trouble = "connecting"

    @property
    def name(self) -> str:
        """The camera's name in the configuration."""
        return self._name

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Yield the newest frame each time there is one; once per camera object."""
        self._thread.start()
        last = self._clock.now()
        patience_s = overdue_s = max(PATIENCE_S, OVERDUE_PERIODS * self._period_ns / 1e9)
        try:
            while not self._stop.is_set():
                frame = self._next(patience_s)
                patience_s = PATIENCE_S if frame is None else overdue_s
                if frame is not None:
                    last = frame.taken
                    yield frame
                elif not self._stop.is_set():
                    reason = self._trouble or "no picture came in time"
                    yield NoFrame(self._name, self._clock.now(), last, reason)
        finally:
            self.close()

    def close(self) -> None:
        """End ``frames``; wait for a read that is under way, ten seconds at most."""
        self._stop.set()
        with self._news:
            self._news.notify_all()
        if self._thread.is_alive():
            self._thread.join(CLOSE_TIMEOUT_S)

    def _next(self, patience_s: float) -> Frame | None:
        with self._news:
            self._news.wait_for(lambda: self._newest is not None or self._stop.is_set(), patience_s)
            frame, self._newest = self._newest, None
        return frame

    def _read(self) -> None:
        """Connect, read until it fails, wait longer each time: full jitter, then again."""
        failures = 0
        while not self._stop.is_set():
            began_at = self._index
            trouble = self._read_until_trouble()
            failures = 1 if self._index > began_at else failures + 1
            if trouble != self._trouble and not self._stop.is_set():
                _log.warning("camera %s (%s): %s; trying again", self._name, redacted(self._source), trouble)
            self._trouble = trouble
            dice = self._rng.random()
            self._stop.wait(pause_s(failures, dice, first_s=FIRST_BACKOFF_S, longest_s=MAX_BACKOFF_S))

    def _read_until_trouble(self) -> str:
        """Return why there are no pictures any more."""
        video = _opened(self._source, rate=1e9 / self._period_ns)
        try:
            if not video.isOpened():
                return why_not(self._source)
            return too_big(video) or self._follow(video)
        except cv2.error:
            return "sends pictures that cannot be decoded"
        finally:
            video.release()

    def _follow(self, video: cv2.VideoCapture) -> str:
        """Take over a picture each period; return why that ended."""
        due_ns = 0
        while not self._stop.is_set():
            if not video.grab():
                return f"stopped sending pictures, or sent none for {TIMEOUT_MS / 1000:g} s"
            now_ns = self._clock.now().mono_ns
            # A picture that comes a little early is not skipped, or a camera that
            # films just as fast as wanted would be followed at half its rate.
            if now_ns >= due_ns - self._period_ns // 4:
                behind = now_ns >= due_ns + self._period_ns
                due_ns = (now_ns if behind else due_ns) + self._period_ns
                self._take_over(video)
        return "closed"

    def _take_over(self, video: cv2.VideoCapture) -> None:
        decoded, picture = video.retrieve()
        if not decoded:
            return
        frame = Frame(self._name, self._index, self._clock.now(), as_rgb(picture))
        if self._trouble:
            _log.info("camera %s (%s): sends pictures", self._name, redacted(self._source))
        self._trouble = ""
        self._index += 1
        with self._news:
            self._newest = frame
            self._news.notify_all()


def _opened(source: str, *, rate: float) -> cv2.VideoCapture:
    prepare()
    if not source.startswith("/dev/"):
        timeouts = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT_MS)
        return cv2.VideoCapture(source, cv2.CAP_FFMPEG, timeouts)
    video = cv2.VideoCapture(source, cv2.CAP_V4L2)
    if rate > UNCOMPRESSED_FPS:
        video.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    # The device takes the nearest size it has.
    video.set(cv2.CAP_PROP_FRAME_WIDTH, WANTED_SIZE[0])
    video.set(cv2.CAP_PROP_FRAME_HEIGHT, WANTED_SIZE[1])
    return video


def why_not(source: str) -> str:
    """Return why a source could not be opened, in words, without a password."""
    return _why_no_device(source) if source.startswith("/dev/") else _why_no_stream(source)


def _why_no_device(device: str) -> str:
    if not os.path.exists(device):  # noqa: PTH110 - the source is text
        return f"no such device: {device}; is the camera plugged in?"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"permission denied: {device}; add this user to the group video: sudo usermod -aG video USER"
    return f"{device} cannot be opened: another program uses it, or it is not a camera"


def _why_no_stream(url: str) -> str:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    try:
        socket.create_connection((host, port), timeout=TIMEOUT_MS / 1000).close()
    except ConnectionRefusedError:
        return f"connection refused by {host}:{port}; is the camera's server on, and the port right?"
    except TimeoutError:
        return (
            f"no answer from {host}:{port} within {TIMEOUT_MS / 1000:g} s; is the camera on, and reachable?"
        )
    except (socket.gaierror, UnicodeError):
        return f"no such host: {host}; is the name right, and the network up?"
    except OSError as error:
        return f"{host}:{port} cannot be reached: {error.strerror or error}"
    return f"{host}:{port} answers, but gives no video: wrong path, user or password?"

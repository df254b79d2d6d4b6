"""Recordings, played by their own time stamps."""

from __future__ import annotations

import logging
import math
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import cv2

from edge.drivers.camera_opencv.capture import OVERDUE_PERIODS, PATIENCE_S, as_rgb, prepare, too_big
from edge.errors import CameraError
from edge.types import Frame, Instant, NoFrame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.ports import Clock
    from edge.types import Pixels

FALLBACK_FPS = 25.0
BELIEVABLE_FPS = (0.05, 240.0)
ROUNDING_S = 0.001
"""Containers round their time stamps, often to a millisecond."""

_log = logging.getLogger(__name__)


class VideoFile:
    """Plays a recording by its own time stamps.

    Args:
        name: The camera's name.
        path: The recording.
        fps: Looks per second wanted; frames in between are skipped.
        clock: Gives the start; the recording's time counts from there.
        loop: Begin again at the end, forever.
        pace: Wait, so that the recording does not run ahead of the clock.
    """

    def __init__(  # noqa: PLR0913 - a recording has this many sides
        self, name: str, path: Path, fps: float, clock: Clock, *, loop: bool = False, pace: bool = True
    ) -> None:
        self._name = name
        self._path = path
        self._period_s = 1.0 / fps
        self._clock = clock
        self._loop = loop
        self._pace = pace
        self._closed = threading.Event()

    @property
    def name(self) -> str:
        """The camera's name in the configuration."""
        return self._name

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Yield the frames that fall due; end with the recording.

        Raises:
            CameraError: No such file, or no video that can be decoded.
        """
        start = last = self._clock.now()
        offset_s, index = 0.0, 0
        while not self._closed.is_set():
            length_s = 0.0
            for position_s, pixels in self._pictures():
                length_s = position_s + self._period_s
                taken = _later(start, offset_s + position_s)
                if self._pace:
                    yield from self._waited(taken, last)
                if self._closed.is_set():
                    return
                last = taken
                yield Frame(self._name, index, taken, pixels)
                index += 1
            if not length_s and not self._closed.is_set():
                raise CameraError(self._name, str(self._path), "holds no picture that can be decoded")
            if not self._loop:
                return
            offset_s += length_s

    def close(self) -> None:
        """End ``frames``; the file is closed then."""
        self._closed.set()

    def _waited(self, due: Instant, last: Instant) -> Iterator[NoFrame]:
        """Wait for the frame that is due; say so where the recording has a hole."""
        overdue_ns = last.mono_ns + round(OVERDUE_PERIODS * self._period_s * 1e9)
        while not self._closed.is_set() and (now := self._clock.now()).mono_ns < due.mono_ns:
            patient_ns = max(overdue_ns, now.mono_ns + round(PATIENCE_S * 1e9))
            self._clock.sleep_until(min(due.mono_ns, patient_ns))
            if (now := self._clock.now()).mono_ns < due.mono_ns:
                yield NoFrame(self._name, now, last, "the recording has no picture here")

    def _pictures(self) -> Iterator[tuple[float, Pixels]]:
        """Yield position in seconds and pixels of each frame that falls due."""
        with self._opened() as video:
            due_s = 0.0
            for position_s in self._positions(video):
                if position_s < due_s - ROUNDING_S:
                    continue
                while due_s <= position_s + ROUNDING_S:
                    due_s += self._period_s
                decoded, picture = video.retrieve()
                if decoded:
                    yield position_s, as_rgb(picture)

    def _positions(self, video: cv2.VideoCapture) -> Iterator[float]:
        """Grab frame after frame and yield where each lies, in seconds from the first.

        Where the file's time stamps stand still or cannot be believed, frames are
        taken as evenly spaced.
        """
        file_fps = video.get(cv2.CAP_PROP_FPS)
        believable = BELIEVABLE_FPS[0] <= file_fps <= BELIEVABLE_FPS[1]
        if not believable:
            _log.warning("%s: claims %g frames per second; taken as %g", self._path, file_fps, FALLBACK_FPS)
        step_s = 1.0 / (file_fps if believable else FALLBACK_FPS)
        first_s: float | None = None
        position_s = -step_s
        while not self._closed.is_set() and video.grab():
            stamp_s = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
            first_s = stamp_s if first_s is None else first_s
            advanced = believable and position_s < stamp_s - first_s < math.inf
            position_s = stamp_s - first_s if advanced else position_s + step_s
            yield position_s

    @contextmanager
    def _opened(self) -> Iterator[cv2.VideoCapture]:
        try:
            self._path.open("rb").close()
        except OSError as error:
            cause = f"cannot be read: {error.strerror or error}; name a recording that is there"
            raise CameraError(self._name, str(self._path), cause) from error
        except ValueError as error:
            raise CameraError(self._name, str(self._path), f"cannot be read: {error}") from error
        prepare()
        video = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        try:
            if not video.isOpened():
                cause = (
                    "not a video that can be decoded, or cut off before its end; try to play it with ffplay"
                )
                raise CameraError(self._name, str(self._path), cause)
            if problem := too_big(video):
                raise CameraError(self._name, str(self._path), problem)
            yield video
        finally:
            video.release()


def _later(start: Instant, seconds: float) -> Instant:
    duration_ns = round(seconds * 1e9)
    return Instant(mono_ns=start.mono_ns + duration_ns, wall_ns=start.wall_ns + duration_ns)

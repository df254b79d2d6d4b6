"""A folder of pictures, filmed one after the other."""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING

from edge.errors import CameraError
from edge.files import content_of
from edge.types import Frame, Instant
from edge.vision.encoded import MAX_BYTES, decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.ports import Clock
    from edge.types import Pixels

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp")
_log = logging.getLogger(__name__)


class FolderCamera:
    """Shows the pictures of a folder in natural order of their names: 2 before 10.

    A picture that cannot be read, or has another size than the first, is skipped
    and named in the log.

    Args:
        name: The camera's name.
        path: The folder; its ``.jpg``, ``.png`` and ``.bmp`` files are shown.
        fps: Pictures per second.
        clock: Gives the start; pictures are ``1 / fps`` apart from there.
        pace: Wait, so that the pictures do not run ahead of the clock.
    """

    def __init__(self, name: str, path: Path, fps: float, clock: Clock, *, pace: bool = True) -> None:
        self._name = name
        self._path = path
        self._period_ns = round(1e9 / fps)
        self._clock = clock
        self._pace = pace
        self._closed = threading.Event()

    @property
    def name(self) -> str:
        """The camera's name in the configuration."""
        return self._name

    def frames(self) -> Iterator[Frame]:
        """Yield the pictures as frames, then end.

        Raises:
            CameraError: No such folder, or no picture in it that can be read.
        """
        start = self._clock.now()
        index = 0
        for pixels in self._pictures():
            passed_ns = index * self._period_ns
            taken = Instant(start.mono_ns + passed_ns, start.wall_ns + passed_ns)
            if self._pace:
                self._clock.sleep_until(taken.mono_ns)
            if self._closed.is_set():
                return
            yield Frame(self._name, index, taken, pixels)
            index += 1
        if index == 0 and not self._closed.is_set():
            cause = f"holds no picture that can be read ({', '.join(SUFFIXES)})"
            raise CameraError(self._name, f"dir:{self._path}", cause)

    def close(self) -> None:
        """End ``frames``."""
        self._closed.set()

    def _pictures(self) -> Iterator[Pixels]:
        shape: tuple[int, ...] | None = None
        for path in self._files():
            pixels, problem = _read(path)
            if pixels is not None and shape not in (None, pixels.shape):
                problem = f"{_size(pixels.shape)}, and the first picture is {_size(shape or ())}"
            if pixels is None or problem:
                about = {"camera": self._name}
                _log.warning("camera %s: %s skipped: %s", self._name, path, problem, extra=about)
                continue
            shape = pixels.shape
            yield pixels

    def _files(self) -> list[Path]:
        try:
            found = [path for path in self._path.iterdir() if path.suffix.lower() in SUFFIXES]
        except OSError as error:
            cause = f"cannot be read: {error.strerror or error}; name a folder that is there"
            raise CameraError(self._name, f"dir:{self._path}", cause) from error
        return sorted(found, key=lambda path: natural(path.name))


def natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers in names by their value."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]


def _read(path: Path) -> tuple[Pixels | None, str]:
    """Return a picture, or ``None`` and what is wrong with the file."""
    try:
        return decoded(content_of(path, at_most=MAX_BYTES)), ""
    except OSError as error:
        return None, error.strerror or str(error)
    except ValueError as error:
        return None, str(error)


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]} x {shape[0]}"

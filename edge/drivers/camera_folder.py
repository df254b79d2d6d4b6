"""A folder of pictures, filmed one after the other."""

from __future__ import annotations

import logging
import re
import struct
import threading
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import CameraError
from edge.types import Frame, Instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.ports import Clock
    from edge.types import Pixels

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp")
MAX_PIXELS = 64_000_000
MAX_BYTES = 128 * 1024 * 1024

_MARKER = 0xFF
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

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
                _log.warning("camera %s: %s skipped: %s", self._name, path, problem)
                continue
            shape = pixels.shape
            yield pixels

    def _files(self) -> list[Path]:
        try:
            found = [path for path in self._path.iterdir() if path.suffix.lower() in SUFFIXES]
        except OSError as error:
            cause = f"cannot be read: {error.strerror or error}"
            raise CameraError(self._name, f"dir:{self._path}", cause) from error
        return sorted(found, key=lambda path: natural(path.name))


def natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts numbers in names by their value."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]


def declared_size(content: bytes) -> tuple[int, int] | None:
    """Return the width and height that a JPEG, PNG or BMP file announces.

    A small file may announce a picture that no memory holds; this tells before it
    is decoded. ``None``: none of these formats, or damaged.
    """
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack_from(">II", content, 16)
            return width, height
        if content.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", content, 18)
            return width, abs(height)
        return _jpeg_size(content) if content.startswith(b"\xff\xd8") else None
    except struct.error:
        return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Walk the markers up to the frame header.

    Source:
        ITU-T T.81, B.1.1 and B.2.2.
    """
    place = 2
    while True:
        mark, code, length = struct.unpack_from(">BBH", content, place)
        if mark != _MARKER:
            return None
        if code == _MARKER:  # fill bytes may stand before a marker
            place += 1
        elif code in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return width, height
        else:
            place += 2 + length


def _read(path: Path) -> tuple[Pixels | None, str]:
    """Return a picture, or ``None`` and what is wrong with the file."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        return None, error.strerror or str(error)
    size = declared_size(content)
    if len(content) > MAX_BYTES or size is None:
        return None, "not a JPEG, PNG or BMP picture, or damaged"
    if size[0] * size[1] > MAX_PIXELS:
        return None, f"{size[0]} x {size[1]} is too big; at most {MAX_PIXELS // 10**6} megapixels"
    try:
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        picture = None
    if picture is None:
        return None, "damaged"
    pixels: Pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
    pixels.setflags(write=False)
    return pixels, ""


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]} x {shape[0]}"

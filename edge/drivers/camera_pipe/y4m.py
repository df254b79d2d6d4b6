"""YUV4MPEG2: uncompressed pictures that bring their size along."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.vision.encoded import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.types import Pixels

MAGIC = b"YUV4MPEG2 "
FRAME = b"FRAME"
MAX_LINE_BYTES = 1024
COLOUR = re.compile(rb"420(jpeg|mpeg2|paldv)?|mono")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a picture lies in memory: brightness, then colour at half the size.

    Attributes:
        width: Columns; even, unless there is no colour.
        height: Rows; even, unless there is no colour.
        mono: Whether there is brightness alone.
    """

    width: int
    height: int
    mono: bool

    @property
    def size_bytes(self) -> int:
        """Bytes of one picture."""
        brightness = self.width * self.height
        return brightness if self.mono else brightness * 3 // 2


@dataclass(frozen=True, slots=True)
class PlanarPicture:
    """One picture, not decoded yet.

    Attributes:
        content: ``layout.size_bytes`` bytes.
        layout: How to read them.
    """

    content: bytes
    layout: Layout

    def pixels(self) -> Pixels:
        """Return it as RGB, uint8 ``(H, W, 3)``, read-only."""
        layout = self.layout
        rows = layout.height if layout.mono else layout.height * 3 // 2
        planes = np.frombuffer(self.content, np.uint8).reshape(rows, layout.width)
        code = cv2.COLOR_GRAY2RGB if layout.mono else cv2.COLOR_YUV2RGB_I420
        pixels: Pixels = cv2.cvtColor(planes, code).astype(np.uint8, copy=False)
        pixels.setflags(write=False)
        return pixels


class Y4mCutter:
    """Cuts a stream of this format, from its first byte on, into pictures.

    Source:
        The manual page yuv4mpeg(5) of mjpegtools.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._layout: Layout | None = None
        self._in_frame = False

    def feed(self, chunk: bytes) -> Iterator[PlanarPicture]:
        """Take more of the stream in; yield the pictures that are whole now.

        Raises:
            ValueError: The stream is damaged, or of a kind that is not known here.
        """
        self._buffer += chunk
        while True:
            if self._layout is None or not self._in_frame:
                line = self._line()
                if line is None:
                    return
                if self._layout is None:
                    self._layout = layout_of(line)
                elif line.split(b" ", 1)[0] == FRAME:
                    self._in_frame = True
                else:
                    msg = "the stream is damaged: no frame begins where one should"
                    raise ValueError(msg)
            size_bytes = self._layout.size_bytes
            if self._in_frame:
                if len(self._buffer) < size_bytes:
                    return
                yield PlanarPicture(bytes(memoryview(self._buffer)[:size_bytes]), self._layout)
                del self._buffer[:size_bytes]
                self._in_frame = False

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\n", 0, MAX_LINE_BYTES)
        if end < 0:
            if len(self._buffer) >= MAX_LINE_BYTES:
                msg = "the stream is damaged: a header has no end"
                raise ValueError(msg)
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line


def layout_of(header: bytes) -> Layout:
    """Read the stream's first line.

    Raises:
        ValueError: It promises no pictures that are known here; the message says what would be.
    """
    given = {word[:1]: word[1:] for word in reversed(header.split()[1:])}
    width, height = (_number(given.get(key, b"")) for key in (b"W", b"H"))
    colour = given.get(b"C", b"420")
    if not width or not height:
        msg = "the stream does not say how big its pictures are"
        raise ValueError(msg)
    if width * height > MAX_PIXELS:
        msg = f"pictures of {width} x {height} are too big; at most {MAX_PIXELS // 10**6} megapixels"
        raise ValueError(msg)
    if not COLOUR.fullmatch(colour):
        shown = colour[:16].decode("ascii", "replace")
        msg = f"pictures with colour as {shown!r} are not known here; write 8-bit 4:2:0 (yuv420p, I420)"
        raise ValueError(msg)
    mono = colour == b"mono"
    if not mono and (width % 2 or height % 2):
        msg = f"pictures of {width} x {height}: width and height must be even"
        raise ValueError(msg)
    return Layout(width, height, mono=mono)


def _number(text: bytes) -> int:
    return int(text) if re.fullmatch(rb"[0-9]{1,6}", text) else 0

"""JPEG pictures, one after the other, with nothing or with anything in between."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.vision.encoded import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.types import Pixels

MAGIC = b"\xff\xd8\xff"
MAX_PICTURE_BYTES = 32 * 1024 * 1024

_MARK, _START, _END, _SCAN, _NO_MARKER = 0xFF, 0xD8, 0xD9, 0xDA, 0x00
_DAMAGED = frozenset((_START, _NO_MARKER))
"""What cannot stand where a marker must."""

_ALONE = frozenset(range(0xD0, _START)) | {0x01}
"""Markers without a segment behind them."""

_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""What ends the compressed data: there, every other 0xFF is followed by one of these."""


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """One picture, not decoded yet.

    Attributes:
        content: The file as it would be on a disk.
    """

    content: bytes

    def pixels(self) -> Pixels:
        """Return it as RGB, uint8 ``(H, W, 3)``, read-only.

        Raises:
            ValueError: It is damaged or too big; the message says which.
        """
        return decoded(self.content)


class JpegCutter:
    """Finds whole pictures in a stream by walking their markers.

    A search for the last marker alone would be fooled by a small picture inside
    the picture's own header. A damaged picture is left out; the next one counts.

    Source:
        ITU-T T.81, B.1.1 and B.2.1.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._place = 0  # in the picture that the buffer begins with; 0: it begins with none
        self._in_scan = False

    def feed(self, chunk: bytes) -> Iterator[JpegPicture]:
        """Take more of the stream in; yield the pictures that are whole now.

        Raises:
            ValueError: A picture has no end.
        """
        self._buffer += chunk
        while (end := self._end()) is not None:
            yield JpegPicture(bytes(memoryview(self._buffer)[:end]))
            self._drop(end)
        if len(self._buffer) > MAX_PICTURE_BYTES:
            msg = f"sends a picture of more than {MAX_PICTURE_BYTES >> 20} MB, or one that never ends"
            raise ValueError(msg)

    def _end(self) -> int | None:
        """Walk on; return where the first picture ends, ``None`` while that is not known."""
        while self._begun():
            code = self._marker()
            if code is None:
                return None
            if code == _END:
                return self._place + 2
            if code in _DAMAGED:
                self._drop(self._place)
            elif code in _ALONE:
                self._place += 2
            elif self._place + 4 > len(self._buffer):
                return None
            else:
                (length,) = struct.unpack_from(">H", self._buffer, self._place + 2)
                self._place += 2 + length
                self._in_scan = code == _SCAN
        return None

    def _begun(self) -> bool:
        """Drop what stands before the first picture; return whether there is one."""
        if not self._place:
            start = self._buffer.find(MAGIC)
            self._drop(start if start >= 0 else max(0, len(self._buffer) - len(MAGIC) + 1))
            self._place = 2 if start >= 0 else 0
        return self._place > 0

    def _marker(self) -> int | None:
        """Go to the next marker; return its code, ``None`` while it is not there."""
        if self._in_scan:
            found = _MARKER_IN_SCAN.search(self._buffer, self._place)
            if not found:
                self._place = max(self._place, len(self._buffer) - 1)
                return None
            self._place, self._in_scan = found.start(), False
        while self._buffer[self._place : self._place + 2] == b"\xff\xff":
            self._place += 1  # fill bytes may stand before a marker
        if self._place + 2 > len(self._buffer):
            return None
        mark, code = self._buffer[self._place], self._buffer[self._place + 1]
        return code if mark == _MARK else _NO_MARKER

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._place, self._in_scan = 0, False

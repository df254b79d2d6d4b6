"""A picture as it is stored in a file: JPEG, PNG or BMP, bounded before it is decoded."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from edge.types import Pixels

MAX_PIXELS = 64_000_000
MAX_BYTES = 128 * 1024 * 1024

_MARKER = 0xFF
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def decoded(content: bytes) -> Pixels:
    """Decode a picture.

    Args:
        content: The whole file; no more of a longer one than ``MAX_BYTES`` and one
            byte need be read.

    Returns:
        RGB, uint8 ``(H, W, 3)``, read-only.

    Raises:
        ValueError: It is none, damaged or too big; the message says which.
    """
    size = declared_size(content)
    if len(content) > MAX_BYTES or size is None:
        msg = "not a JPEG, PNG or BMP picture, or damaged"
        raise ValueError(msg)
    if size[0] * size[1] > MAX_PIXELS:
        msg = f"{size[0]} x {size[1]} is too big; at most {MAX_PIXELS // 10**6} megapixels"
        raise ValueError(msg)
    try:
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        picture = None
    if picture is None:
        msg = "damaged"
        raise ValueError(msg)
    pixels: Pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
    pixels.setflags(write=False)
    return pixels


def encoded(pixels: Pixels) -> bytes:
    """Return a picture, uint8 ``(H, W, 3)``, as a PNG file."""
    _, content = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    return content.tobytes()


def jpeg(pixels: Pixels, *, quality: int = 90) -> bytes:
    """Return a picture, uint8 ``(H, W, 3)``, as a JPEG file of a quality of 1 to 100."""
    picture = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    _, content = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return content.tobytes()


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

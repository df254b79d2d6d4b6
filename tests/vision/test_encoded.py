from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.encoded import declared_size, decoded, encoded, jpeg


def stored(suffix: str, pixels: np.ndarray) -> bytes:
    """Return a picture as a file."""
    _, content = cv2.imencode(suffix, pixels)
    return content.tobytes()


def test_a_picture_comes_back_in_its_own_colours_and_cannot_be_changed() -> None:
    red = np.zeros((4, 6, 3), np.uint8)
    red[..., 0] = 200
    found = decoded(encoded(red))
    assert np.array_equal(found, red)
    assert not found.flags.writeable


def test_a_jpeg_keeps_the_colours() -> None:
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 200
    assert np.abs(decoded(jpeg(red))[16, 16].astype(int) - (200, 0, 0)).max() < 12


def test_a_grey_picture_gets_three_channels() -> None:
    assert decoded(stored(".png", np.full((4, 6), 9, np.uint8))).shape == (4, 6, 3)


def png_of(width: int, height: int) -> bytes:
    """Return a small PNG file that announces a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        pytest.param(b"", "not a JPEG, PNG or BMP", id="nothing"),
        pytest.param(b"GIF89a" + bytes(50), "not a JPEG, PNG or BMP", id="another-format"),
        pytest.param(png_of(60_000, 60_000), "60000 x 60000 is too big", id="a-bomb"),
        pytest.param(stored(".png", np.zeros((9, 9, 3), np.uint8))[:40], "damaged", id="cut-short"),
    ],
)
def test_what_cannot_be_decoded_says_why(content: bytes, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        decoded(content)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp"])
@given(width=st.integers(1, 300), height=st.integers(1, 300))
def test_the_announced_size_is_the_size(suffix: str, width: int, height: int) -> None:
    _, content = cv2.imencode(suffix, np.zeros((height, width, 3), np.uint8))
    assert declared_size(content.tobytes()) == (width, height)


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"BM", b"\xff\xd8", b""]), st.binary(max_size=99))
def test_no_bytes_crash_the_look_at_the_size(start: bytes, rest: bytes) -> None:
    size = declared_size(start + rest)
    assert size is None or len(size) == 2


def test_a_jpeg_with_a_thumbnail_announces_its_own_size() -> None:
    _, thumbnail = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))
    _, picture = cv2.imencode(".jpg", np.zeros((48, 64, 3), np.uint8))
    inside = thumbnail.tobytes()
    segment = b"\xff\xe1" + struct.pack(">H", len(inside) + 2) + inside
    assert declared_size(b"\xff\xd8" + segment + picture.tobytes()[2:]) == (64, 48)

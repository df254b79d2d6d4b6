from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.camera_pipe.jpegs import MAX_PICTURE_BYTES, JpegCutter


def jpeg(grey: int, *, width: int = 32, progressive: bool = False) -> bytes:
    noise = np.random.default_rng(grey).integers(0, 40, (24, width, 3))
    options = (cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive), cv2.IMWRITE_JPEG_RST_INTERVAL, 2)
    _, content = cv2.imencode(".jpg", (grey + noise).astype(np.uint8), options)
    return content.tobytes()


def with_thumbnail(picture: bytes, thumbnail: bytes) -> bytes:
    segment = b"Exif\0\0" + thumbnail
    return picture[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + picture[2:]


FIRST, SECOND = jpeg(20), jpeg(120)


def cut(stream: bytes, ends: list[int] | None = None) -> list[bytes]:
    """Return the pictures of a stream that comes in pieces."""
    cutter = JpegCutter()
    places = sorted({0, len(stream), *(end for end in ends or [] if end < len(stream))})
    return [picture.content for a, b in pairwise(places) for picture in cutter.feed(stream[a:b])]


@pytest.mark.parametrize(
    ("stream", "pictures"),
    [
        pytest.param(FIRST + SECOND, [FIRST, SECOND], id="one-after-the-other"),
        pytest.param(b"hello" + FIRST + b"\r\n--frame\r\n" + SECOND, [FIRST, SECOND], id="text-in-between"),
        pytest.param(FIRST + SECOND[:-1], [FIRST], id="the-last-one-has-no-end-yet"),
        pytest.param(FIRST[:-40] + SECOND, [SECOND], id="one-that-broke-off-is-left-out"),
        pytest.param(
            FIRST[:400] + SECOND + FIRST, [FIRST], id="one-that-broke-off-early-may-take-the-next-along"
        ),
        pytest.param(with_thumbnail(FIRST, SECOND), [with_thumbnail(FIRST, SECOND)], id="a-picture-inside"),
        pytest.param(
            with_thumbnail(FIRST, SECOND)[:-40] + SECOND, [SECOND], id="broken-off-with-a-picture-inside"
        ),
        pytest.param(jpeg(9, progressive=True), [jpeg(9, progressive=True)], id="several-scans"),
        pytest.param(
            FIRST[:2] + b"\xff\xff\xff" + FIRST[2:],
            [FIRST[:2] + b"\xff\xff\xff" + FIRST[2:]],
            id="fill-bytes",
        ),
        pytest.param(b"\xff\xd8\xff\x00" + SECOND, [SECOND], id="no-marker-where-one-must-be"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_whole_pictures_are_found(stream: bytes, pictures: list[bytes]) -> None:
    assert cut(stream) == pictures


@given(st.lists(st.integers(1, 4000), max_size=20))
def test_it_does_not_matter_in_which_pieces_a_stream_comes(ends: list[int]) -> None:
    stream = b"\xff" + FIRST + b"\xff\xd8" + with_thumbnail(SECOND, FIRST) + b"\0" + jpeg(7, progressive=True)
    assert cut(stream, ends) == cut(stream)
    assert len(cut(stream)) == 3


@given(st.lists(st.sampled_from([FIRST, b"\xff\xd8\xff", b"\xff\xd9", b"\xff\xda\0\2", b"\xff", b"\0"])))
def test_no_stream_crashes_it(parts: list[bytes]) -> None:
    assert all(picture.startswith(b"\xff\xd8\xff") for picture in cut(b"".join(parts)))


def test_what_is_cut_out_can_be_seen() -> None:
    (picture,) = JpegCutter().feed(jpeg(100))
    pixels = picture.pixels()
    assert (pixels.shape, str(pixels.dtype), pixels.flags.writeable) == ((24, 32, 3), "uint8", False)


def test_a_picture_without_end_is_refused_before_it_fills_the_memory() -> None:
    cutter, chunk = JpegCutter(), b"\0" * (1 << 20)
    list(cutter.feed(FIRST[:-2]))
    for _ in range(MAX_PICTURE_BYTES // len(chunk) - 1):
        list(cutter.feed(chunk))
    with pytest.raises(ValueError, match="never ends"):
        list(cutter.feed(chunk))


def test_noise_is_forgotten() -> None:
    cutter = JpegCutter()
    for _ in range(2 * MAX_PICTURE_BYTES >> 20):
        assert list(cutter.feed(b"\xff\xd9noise..." * (1 << 17))) == []

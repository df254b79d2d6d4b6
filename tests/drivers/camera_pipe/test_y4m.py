from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.camera_pipe.y4m import Layout, Y4mCutter, layout_of

RED = (200, 20, 20)
HEADER = b"YUV4MPEG2 W32 H24 F5:1 Ip A0:0 C420jpeg\n"


def planes(red: int, green: int, blue: int) -> bytes:
    rgb = np.full((24, 32, 3), (red, green, blue), np.uint8)
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420)).tobytes()


def cut(stream: bytes, ends: list[int] | None = None) -> list[bytes]:
    """Return the pictures of a stream that comes in pieces."""
    cutter = Y4mCutter()
    places = sorted({0, len(stream), *(end for end in ends or [] if end < len(stream))})
    return [picture.content for a, b in pairwise(places) for picture in cutter.feed(stream[a:b])]


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        pytest.param(b"YUV4MPEG2 W640 H480 F25:1", Layout(640, 480, mono=False), id="colour-left-out"),
        pytest.param(
            b"YUV4MPEG2 H480 W640 C420mpeg2 XYSCSS=420MPEG2", Layout(640, 480, mono=False), id="mpeg2"
        ),
        pytest.param(b"YUV4MPEG2 W640 H480 C420paldv", Layout(640, 480, mono=False), id="paldv"),
        pytest.param(b"YUV4MPEG2 W641 H481 Cmono", Layout(641, 481, mono=True), id="no-colour"),
    ],
)
def test_a_header_says_how_pictures_lie(header: bytes, layout: Layout) -> None:
    assert layout_of(header) == layout


@pytest.mark.parametrize(
    ("header", "words"),
    [
        pytest.param(b"YUV4MPEG2 F25:1", "how big", id="no-size"),
        pytest.param(b"YUV4MPEG2 W-4 H480", "how big", id="a-size-below-zero"),
        pytest.param(b"YUV4MPEG2 W640 H480 C444", "yuv420p", id="colour-at-full-size"),
        pytest.param(b"YUV4MPEG2 W640 H480 C420p10", "8-bit", id="ten-bits"),
        pytest.param(b"YUV4MPEG2 W641 H480", "even", id="odd"),
        pytest.param(b"YUV4MPEG2 W90000 H90000", "64 megapixels", id="a-picture-that-fills-the-memory"),
    ],
)
def test_a_header_that_promises_nothing_usable_says_what_would_be(header: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layout_of(header)


@given(st.lists(st.integers(1, 4000), max_size=20))
def test_it_does_not_matter_in_which_pieces_a_stream_comes(ends: list[int]) -> None:
    pictures = [planes(*RED), planes(0, 90, 0), planes(9, 9, 9)]
    stream = HEADER + b"FRAME\n" + pictures[0] + b"FRAME Ip\n" + pictures[1] + b"FRAME\n" + pictures[2]
    assert cut(stream, ends) == pictures


@pytest.mark.parametrize("colour", [b"420jpeg", b"mono"])
def test_what_is_cut_out_can_be_seen(colour: bytes) -> None:
    bytes_ = planes(*RED) if colour != b"mono" else bytes([100]) * 32 * 24
    (picture,) = Y4mCutter().feed(HEADER.replace(b"420jpeg", colour) + b"FRAME\n" + bytes_)
    pixels = picture.pixels()
    assert (pixels.shape, str(pixels.dtype), pixels.flags.writeable) == ((24, 32, 3), "uint8", False)
    assert np.abs(pixels.astype(int) - (RED if colour != b"mono" else 100)).max() < 4


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        pytest.param(b"YUV4MPEG2 " + b"X" * 2000, "no end", id="an-endless-header"),
        pytest.param(HEADER + b"FRAMES\n", "damaged", id="something-else-than-a-frame"),
        pytest.param(HEADER + b"FRAME\n" + planes(*RED) + b"\0" * 2000, "damaged", id="bytes-too-many"),
    ],
)
def test_a_damaged_stream_is_refused(stream: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cut(stream)


@given(st.binary(max_size=200))
def test_no_stream_crashes_it(noise: bytes) -> None:
    try:
        cut(b"YUV4MPEG2 W2 H2\n" + noise)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right

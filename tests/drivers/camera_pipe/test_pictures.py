from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.camera_pipe.jpegs import JpegPicture
from edge.drivers.camera_pipe.pictures import MAX_PREFACE_BYTES, PictureStream
from edge.drivers.camera_pipe.y4m import PlanarPicture

JPEG = cv2.imencode(".jpg", np.zeros((16, 16, 3), np.uint8))[1].tobytes()
Y4M = b"YUV4MPEG2 W2 H2 Cmono\nFRAME\n\0\0\0\0"


@pytest.mark.parametrize(
    ("stream", "kinds"),
    [
        pytest.param(JPEG * 2, [JpegPicture] * 2, id="jpeg"),
        pytest.param(Y4M, [PlanarPicture], id="yuv4mpeg2"),
        pytest.param(b"camera ready\n" + JPEG, [JpegPicture], id="a-greeting-first"),
        pytest.param(b"camera ready\n" + Y4M, [PlanarPicture], id="the-same-without-compression"),
    ],
)
def test_the_kind_of_video_is_recognised_byte_by_byte(stream: bytes, kinds: list[type]) -> None:
    pictures = PictureStream()
    cut = [picture for byte in stream for picture in pictures.feed(bytes([byte]))]
    assert [type(picture) for picture in cut] == kinds


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        pytest.param(b"\0\0\0\1\x67", "H.264.*--codec mjpeg", id="what-rpicam-vid-writes-by-default"),
        pytest.param(b"G@\0" * MAX_PREFACE_BYTES, "-c:v mjpeg -f mjpeg -", id="anything-else"),
    ],
)
def test_other_video_is_refused_with_the_remedy(stream: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        list(PictureStream().feed(stream))


@given(st.lists(st.binary(max_size=64), max_size=20))
def test_no_video_crashes_it(chunks: list[bytes]) -> None:
    pictures = PictureStream()
    try:
        for chunk in chunks:
            list(pictures.feed(chunk))
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right

"""What kind of video a program writes, and the pictures in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.drivers.camera_pipe import jpegs, y4m
from edge.drivers.camera_pipe.jpegs import JpegCutter, JpegPicture
from edge.drivers.camera_pipe.y4m import PlanarPicture, Y4mCutter

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PREFACE_BYTES = 64 * 1024
"""A program may greet before its first picture."""

_H264 = (b"\x00\x00\x00\x01", b"\x00\x00\x01")
_REMEDY = "write JPEG pictures (ffmpeg: -c:v mjpeg -f mjpeg -) or YUV4MPEG2 (ffmpeg: -f yuv4mpegpipe -)"

Picture = JpegPicture | PlanarPicture


class PictureStream:
    """Cuts the video of one program into pictures; memory stays bounded whatever comes."""

    def __init__(self) -> None:
        self._preface = b""
        self._cutter: JpegCutter | Y4mCutter | None = None

    def feed(self, chunk: bytes) -> Iterator[Picture]:
        """Take more of the video in; yield the pictures that are whole now, not decoded yet.

        Raises:
            ValueError: It is no video that is known here, or damaged; the message says what to do.
        """
        if self._cutter is None:
            self._preface += chunk
            chunk = self._recognised()
        if self._cutter is not None:
            yield from self._cutter.feed(chunk)

    def _recognised(self) -> bytes:
        """Choose a cutter, once that is clear; return what it has to begin with."""
        starts = {
            start: cutter
            for magic, cutter in ((jpegs.MAGIC, JpegCutter), (y4m.MAGIC, Y4mCutter))
            if (start := self._preface.find(magic)) >= 0
        }
        if starts:
            first = min(starts)
            self._cutter = starts[first]()
            return self._preface[first:]
        if self._preface.startswith(_H264):
            msg = f"sends H.264 or the like; {_REMEDY}, rpicam-vid: --codec mjpeg"
            raise ValueError(msg)
        if len(self._preface) > MAX_PREFACE_BYTES:
            msg = f"sends no video that is known here; {_REMEDY}"
            raise ValueError(msg)
        return b""

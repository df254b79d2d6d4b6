"""What every capture of OpenCV needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from cv2.typing import MatLike

    from edge.types import Pixels

TIMEOUT_MS = 5000
"""For opening a camera that films now, and between two of its pictures."""

MAX_PIXELS = 64_000_000
PATIENCE_S = 0.9
"""Who waits for a camera in trouble hears from it at least once a second."""

OVERDUE_PERIODS = 1.5
"""A slow camera is in trouble only when its next frame is late by half a period."""


def prepare() -> None:
    """Set up OpenCV's side of FFmpeg and of Video4Linux before a capture is opened.

    FFmpeg would write about every damaged packet to standard error, addresses and
    all. RTSP over UDP loses packets, and every lost packet looks like a change.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(TIMEOUT_MS // 1000))
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def too_big(video: cv2.VideoCapture) -> str:
    """Return why the pictures of an open capture are refused, or the empty string."""
    width, height = video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)
    if width * height <= MAX_PIXELS:
        return ""
    return f"pictures of {width:.0f} x {height:.0f} are too big; at most {MAX_PIXELS // 10**6} megapixels"


def as_rgb(picture: MatLike) -> Pixels:
    """Return a picture of OpenCV, 8-bit BGR, as our read-only RGB."""
    pixels: Pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
    pixels.setflags(write=False)
    return pixels

"""Cameras that film now: on a cable, or in the network."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import cv2

from edge.config import redacted
from edge.drivers.camera_opencv.capture import TIMEOUT_MS, as_rgb, prepare, too_big

if TYPE_CHECKING:
    from edge.ports import Shutter

WANTED_SIZE = (1920, 1080)
UNCOMPRESSED_FPS = 5.0
"""Up to this rate a cable carries ``WANTED_SIZE`` without compression."""

PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}


class VideoFeed:
    """Pictures of a camera on a cable, or in the network.

    Args:
        source: ``/dev/video0``, or an ``rtsp``, ``rtsps``, ``http`` or ``https`` URL.
        fps: Looks per second wanted.
    """

    def __init__(self, source: str, fps: float) -> None:
        self._source = source
        self._fps = fps

    def __str__(self) -> str:
        """Return the source without a password."""
        return redacted(self._source)

    def until_trouble(self, shutter: Shutter) -> str:
        """Connect, and hand over each picture that is due; return why that ended."""
        video = _opened(self._source, rate=self._fps)
        try:
            if not video.isOpened():
                return why_not(self._source)
            return too_big(video) or _follow(video, shutter)
        except cv2.error:
            return "sends pictures that cannot be decoded"
        finally:
            video.release()


def _follow(video: cv2.VideoCapture, shutter: Shutter) -> str:
    while not shutter.closed:
        if not video.grab():
            return f"stopped sending pictures, or sent none for {TIMEOUT_MS / 1000:g} s"
        if shutter.due():
            decoded, picture = video.retrieve()
            if decoded:
                shutter.take(as_rgb(picture))
    return "closed"


def _opened(source: str, *, rate: float) -> cv2.VideoCapture:
    prepare()
    if not source.startswith("/dev/"):
        timeouts = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT_MS)
        return cv2.VideoCapture(source, cv2.CAP_FFMPEG, timeouts)
    video = cv2.VideoCapture(source, cv2.CAP_V4L2)
    if rate > UNCOMPRESSED_FPS:
        video.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    # The device takes the nearest size it has.
    video.set(cv2.CAP_PROP_FRAME_WIDTH, WANTED_SIZE[0])
    video.set(cv2.CAP_PROP_FRAME_HEIGHT, WANTED_SIZE[1])
    return video


def why_not(source: str) -> str:
    """Return why a source could not be opened, in words, without a password."""
    return _why_no_device(source) if source.startswith("/dev/") else _why_no_stream(source)


def _why_no_device(device: str) -> str:
    if not os.path.exists(device):  # noqa: PTH110 - the source is text
        return f"no such device: {device}; is the camera plugged in?"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"permission denied: {device}; add this user to the group video: sudo usermod -aG video USER"
    return f"{device} cannot be opened: another program uses it, or it is not a camera"


def _why_no_stream(url: str) -> str:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    try:
        socket.create_connection((host, port), timeout=TIMEOUT_MS / 1000).close()
    except ConnectionRefusedError:
        return f"connection refused by {host}:{port}; is the camera's server on, and the port right?"
    except TimeoutError:
        return (
            f"no answer from {host}:{port} within {TIMEOUT_MS / 1000:g} s; is the camera on, and reachable?"
        )
    except (socket.gaierror, UnicodeError):
        return f"no such host: {host}; is the name right, and the network up?"
    except OSError as error:
        return f"{host}:{port} cannot be reached: {error.strerror or error}"
    return f"{host}:{port} answers, but gives no video; are path, user and password right?"

"""Which program films, and what it is told."""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass

from edge.config import Source, SourceKind

WIDTH, HEIGHT = 1920, 1080
JPEG_QUALITY = 95
"""A stronger compression would hide what is small."""

SLOWEST_FPS = 5.0
"""Below this the automatic exposure takes long to settle, and some sensors refuse."""

ARGUS_FPS = 30
"""Every sensor mode of this size has it; what is too much is dropped before it is written."""

STANDARD_OUTPUT = 1
PIPE_OF_ITS_OWN = 3


@dataclass(frozen=True, slots=True)
class Program:
    """A program that films.

    Attributes:
        source: How the configuration names it, without a password.
        names: What it is called; the first one that is installed is run.
        arguments: What it is told.
        install: How to get it.
        video_fd: The descriptor on which it writes its video: 1, or 3 for one that
            prints to its standard output as well.
    """

    source: str
    names: tuple[str, ...]
    arguments: tuple[str, ...]
    install: str
    video_fd: int = STANDARD_OUTPUT


def program(source: Source, fps: float) -> Program:
    """Return what to run for a source of the kinds ``rpicam``, ``jetson`` and ``pipe``.

    Args:
        source: Checked by ``edge.config``.
        fps: Looks per second wanted.
    """
    if source.kind is SourceKind.PIPE:
        return _command(source)
    return _rpicam(source, fps) if source.kind is SourceKind.RPICAM else _jetson(source, fps)


def _rpicam(source: Source, fps: float) -> Program:
    """Return the program for a camera on a Raspberry Pi's ribbon cable.

    ``rpicam-hello --list-cameras`` shows the numbers.

    Source:
        rpicam-apps, ``core/options.cpp`` and ``core/video_options.hpp``.
    """
    options = (
        f"--camera {source.location} --codec mjpeg --quality {JPEG_QUALITY} --width {WIDTH} --height {HEIGHT}"
    )
    rate = f"--framerate {max(fps, SLOWEST_FPS):g}"
    endless = "--timeout 0 --nopreview --flush --output -"
    return Program(
        source=str(source),
        names=("rpicam-vid", "libcamera-vid"),
        arguments=tuple(f"{options} {rate} {endless}".split()),
        install="sudo apt install rpicam-apps-lite",
    )


def _jetson(source: Source, fps: float) -> Program:
    """Return the program for a camera on a Jetson's ribbon cable.

    ``nvarguscamerasrc`` prints to standard output, so the video gets a descriptor of its own.

    Source:
        NVIDIA Jetson Linux Developer Guide, "Accelerated GStreamer".
    """
    size = f"width={WIDTH},height={HEIGHT}"
    pipeline = (
        f"nvarguscamerasrc sensor-id={source.location}",
        f"video/x-raw(memory:NVMM),{size},format=NV12,framerate={ARGUS_FPS}/1",
        "nvvidconv",
        f"video/x-raw,{size},format=I420",
        f"videorate drop-only=true max-rate={math.ceil(fps)}",
        "y4menc",
        f"fdsink fd={PIPE_OF_ITS_OWN}",
    )
    return Program(
        source=str(source),
        names=("gst-launch-1.0",),
        arguments=("-q", *" ! ".join(pipeline).split()),
        install="sudo apt install gstreamer1.0-tools gstreamer1.0-plugins-good",
        video_fd=PIPE_OF_ITS_OWN,
    )


def _command(source: Source) -> Program:
    """Return any program; the words are quoted as for a shell, and no shell runs them."""
    name, *arguments = shlex.split(source.location)
    return Program(
        source=str(source),
        names=(name,),
        arguments=tuple(arguments),
        install="install it, or write its whole path",
    )

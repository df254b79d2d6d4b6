"""Which driver films a configured camera; the part of the composition root that knows them all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edge.config import SourceKind
from edge.drivers.camera_live import LiveCamera
from edge.drivers.camera_privacy import PrivateCamera
from edge.drivers.clock import SystemClock
from edge.errors import ConfigError

if TYPE_CHECKING:
    from edge.config import CameraConfig
    from edge.ports import Camera, Clock, Feed


def camera_of(config: CameraConfig, clock: Clock | None = None) -> Camera:
    """Return the driver for a configured camera; what is private is black in its frames.

    Args:
        config: Which camera.
        clock: Paces and dates the frames; ``None`` for the system's.

    Raises:
        ConfigError: Its source is of a kind that cannot be configured.
    """
    clock = clock or SystemClock()
    camera = _recording(config, clock) or LiveCamera(config.name, _feed(config), config.fps, clock)
    return PrivateCamera(camera, config.privacy) if config.privacy else camera


def _recording(config: CameraConfig, clock: Clock) -> Camera | None:
    kind, path = config.source.kind, Path(config.source.location)
    if kind is SourceKind.FILE:
        from edge.drivers.camera_opencv import VideoFile

        return VideoFile(config.name, path, config.fps, clock)
    if kind is SourceKind.FOLDER:
        from edge.drivers.camera_folder import FolderCamera

        return FolderCamera(config.name, path, config.fps, clock)
    return None


def _feed(config: CameraConfig) -> Feed:
    kind, location, fps = config.source.kind, config.source.location, config.fps
    if kind in {SourceKind.DEVICE, SourceKind.STREAM}:
        from edge.drivers.camera_opencv import VideoFeed

        return VideoFeed(location, fps)
    if kind in {SourceKind.RPICAM, SourceKind.JETSON, SourceKind.PIPE}:
        from edge.drivers.camera_pipe import PipeFeed, program

        return PipeFeed(program(config.source, fps), fps)
    msg = f"camera {config.name!r}: the source {config.source} is for the demonstration only"
    raise ConfigError(msg)

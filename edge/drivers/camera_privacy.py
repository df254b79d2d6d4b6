"""What a camera must not see, made black before anybody else sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.types import Frame
from edge.vision.polygons import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.core.polygons import Polygon
    from edge.ports import Camera
    from edge.types import NoFrame, Pixels


class PrivateCamera:
    """Stands before another camera and blackens places in every frame of it.

    Args:
        camera: The one that films.
        private: The places; see ``edge.core.polygons``.
    """

    def __init__(self, camera: Camera, private: tuple[Polygon, ...]) -> None:
        self._camera = camera
        self._private = private
        self._shown = np.zeros((0, 0), np.uint8)

    @property
    def name(self) -> str:
        """The camera's name in the configuration."""
        return self._camera.name

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Yield what the camera yields, with black places.

        Raises:
            CameraError: The source can never work: no such file, not a video.
        """
        for tick in self._camera.frames():
            yield replace(tick, pixels=self._blackened(tick.pixels)) if isinstance(tick, Frame) else tick

    def close(self) -> None:
        """Let go of the camera; ``frames`` ends."""
        self._camera.close()

    def _blackened(self, pixels: Pixels) -> Pixels:
        height, width = pixels.shape[:2]
        if self._shown.shape != (height, width):
            self._shown = (~filled(self._private, height, width)).astype(np.uint8)
        black: Pixels = np.asarray(cv2.copyTo(pixels, self._shown), np.uint8)
        black.setflags(write=False)
        return black

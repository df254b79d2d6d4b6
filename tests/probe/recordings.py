"""Recordings in which nothing changes, for commands that want a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

from tests.vision.pictures import in_colour, textured

if TYPE_CHECKING:
    from pathlib import Path

FPS = 2.5
WIDTH, HEIGHT = 160, 120


def record(path: Path, *, seconds: float = 6.0) -> Path:
    """Write a recording, ``.avi``, of a still and textured scene."""
    scene = textured(height=HEIGHT, width=WIDTH)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (WIDTH, HEIGHT))
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 95)
    for number in range(round(seconds * FPS)):
        writer.write(cv2.cvtColor(in_colour(scene, seed=number), cv2.COLOR_RGB2BGR))
    writer.release()
    return path

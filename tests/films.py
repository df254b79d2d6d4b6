"""Recordings of a simulated scene, for devices that want a file to watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import arrange, tabletop
from edge.sim.script import PartReturns, PartVanishes, Script
from edge.types import Frame

if TYPE_CHECKING:
    from pathlib import Path

    from edge.sim.script import Cue

FPS = 5.0
PART = 1
WIDTH, HEIGHT = 480, 270


def film(path: Path, *, seconds: float, gone_s: float | None, back_s: float | None = None) -> Path:
    """Record a scene whose part vanishes and comes back.

    Args:
        path: The file, ``.avi``.
        seconds: Length.
        gone_s: When the part vanishes; ``None`` for never.
        back_s: When it is back; ``None`` for never.
    """
    cues: list[Cue] = []
    if gone_s is not None:
        cues.append(PartVanishes(gone_s, PART))
    if back_s is not None:
        cues.append(PartReturns(back_s, PART))
    scene = arrange(tabletop(WIDTH, HEIGHT), seed=3)
    camera = SimCamera("film", scene, Script(seconds, tuple(cues)), SimClock(), fps=FPS, noise=1.5)
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), code, FPS, (WIDTH, HEIGHT))
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 95)
    for tick in camera.frames():
        assert isinstance(tick, Frame)
        writer.write(cv2.cvtColor(tick.pixels, cv2.COLOR_RGB2BGR))
    writer.release()
    return path

"""Films with one camera for a few seconds, to see what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import CameraError, ConfigError
from edge.types import Frame
from edge.vision.light import grey
from edge.vision.view import DARK

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.ports import Camera
    from edge.types import Instant, NoFrame, Pixels

PATIENCE_S = 12.0
"""A camera in the network that is switched on and reachable gives its first picture by then."""

FIRST_TRY = "connecting"
"""What a live camera says before it has tried."""

FEWEST_EQUAL = 3
"""Pictures equal to the last bit that make a camera frozen: noise makes each another."""


@dataclass(slots=True)
class Footage:
    """What a camera gave.

    Attributes:
        newest: The last picture, RGB, uint8 ``(H, W, 3)``; ``None`` when there was none.
        frames: How many pictures there were.
        different: How many of them were not equal to the one before.
        brightness: Of the last picture, mean grey level, 0 to 255.
        fps: Pictures per second; 0 where there were fewer than two.
        trouble: Why there was no picture; empty when there was one.
    """

    newest: Pixels | None = None
    frames: int = 0
    different: int = 0
    brightness: float = 0.0
    fps: float = 0.0
    trouble: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; 0 without a picture."""
        return (0, 0) if self.newest is None else (self.newest.shape[1], self.newest.shape[0])

    @property
    def frozen(self) -> bool:
        """Whether it is always the same picture."""
        return self.frames >= FEWEST_EQUAL and self.different == 0

    @property
    def dark(self) -> bool:
        """Whether nothing can be seen."""
        return self.newest is not None and self.brightness < DARK


def film(camera: Camera, *, seconds: float, watch: Callable[[Pixels], None] = lambda _: None) -> Footage:
    """Film for a while, or until it is clear that no picture comes.

    Args:
        camera: Its ``frames`` are used up, and it is closed.
        seconds: How long, from the first picture on.
        watch: Shown each picture.
    """
    footage = Footage()
    first: Instant | None = None
    began: Instant | None = None
    try:
        for tick in camera.frames():
            began = began or tick.moment
            if isinstance(tick, Frame):
                first = first or tick.taken
                _add(footage, tick)
                watch(tick.pixels)
                elapsed_s = tick.taken.seconds_since(first)
                footage.fps = (footage.frames - 1) / elapsed_s if elapsed_s > 0 else 0.0
            if _enough(tick, first, began, seconds):
                footage.trouble = "" if first or isinstance(tick, Frame) else tick.reason
                break
    except (CameraError, ConfigError) as error:
        footage.trouble = str(error).partition("): ")[2] or str(error)
    finally:
        camera.close()
    if not footage.frames and not footage.trouble:
        footage.trouble = "ended without a picture"
    return footage


def _add(footage: Footage, frame: Frame) -> None:
    before = footage.newest
    footage.frames += 1
    footage.different += before is not None and not np.array_equal(before, frame.pixels)
    footage.newest = frame.pixels
    footage.brightness = float(grey(frame.pixels).mean())


def _enough(tick: Frame | NoFrame, first: Instant | None, began: Instant, seconds: float) -> bool:
    if first is not None:
        return tick.moment.seconds_since(first) >= seconds
    waited_s = tick.moment.seconds_since(began)
    known = not isinstance(tick, Frame) and tick.reason != FIRST_TRY
    return known or waited_s >= PATIENCE_S

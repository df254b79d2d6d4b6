"""Real frames of one view, to be played for as long as it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.errors import CameraError
from edge.types import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.types import NoFrame, Pixels

MOST_BYTES = 512 << 20
"""Pictures that are held in memory; of longer footage the beginning is used."""

FEWEST_FRAMES = 8
"""Frames without which nothing can be said of what stands still."""

PATIENCE_S = 15.0
"""A camera that shows nothing for this long will not show anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """Frames of one view, evenly spaced.

    Attributes:
        name: Where they are from.
        fps: Frames a second.
        frames: RGB, uint8 ``(H, W, 3)`` each, all of one size.
        whole: Whether this is all there was; else the beginning of it.
    """

    name: str
    fps: float
    frames: tuple[Pixels, ...]
    whole: bool = True

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        height, width = self.frames[0].shape[:2]
        return width, height

    @property
    def seconds(self) -> float:
        """How long it lasts, played once."""
        return len(self.frames) / self.fps

    def at(self, number: int) -> Pixels:
        """Return a frame of the endless film: forth and back, so that no cut is ever seen."""
        last = len(self.frames) - 1
        place = number % (2 * last) if last else 0
        return self.frames[place if place <= last else 2 * last - place]


def recorded(
    name: str,
    ticks: Iterable[Frame | NoFrame],
    *,
    fps: float,
    seconds: float | None = None,
) -> Footage:
    """Keep what a camera shows.

    Args:
        name: Where the frames are from.
        ticks: What the camera gives, at ``fps``.
        fps: Frames a second.
        seconds: When to stop; ``None`` for when the camera ends.

    Raises:
        CameraError: It shows nothing, or less than can be used.
    """
    frames: list[Pixels] = []
    held, reason, whole = 0, "", True
    first = None
    for tick in ticks:
        first = first or tick.moment
        passed_s = tick.moment.seconds_since(first)
        if seconds is not None and passed_s >= seconds:
            break
        if not isinstance(tick, Frame):
            reason = tick.reason
            if tick.now.seconds_since(tick.since) > PATIENCE_S:
                break
            continue
        if frames and tick.pixels.shape != frames[0].shape:
            reason = "the size of its pictures changed"
            break
        held += tick.pixels.nbytes
        if held > MOST_BYTES and len(frames) >= FEWEST_FRAMES:
            whole = False
            break
        frames.append(tick.pixels)
    if len(frames) < FEWEST_FRAMES:
        cause = reason or "show it a longer recording"
        msg = f"{len(frames)} frames are too few to know what stands still, {FEWEST_FRAMES} would do: {cause}"
        raise CameraError(name, name, msg)
    return Footage(name, fps, tuple(frames), whole)

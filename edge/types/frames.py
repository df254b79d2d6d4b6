"""What cameras give, and where in a picture something lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""An RGB image, uint8 ``(H, W, 3)``."""

EARLIEST_NS = 1_767_225_600 * 10**9
"""2026-01-01 on the wall clock: no clock that was ever set shows less."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment on two clocks.

    Attributes:
        mono_ns: Nanoseconds on a clock that never jumps; for durations.
        wall_ns: Nanoseconds since 1970 UTC; for people, and it may jump.
    """

    mono_ns: int
    wall_ns: int

    def seconds_since(self, earlier: Instant) -> float:
        """Return the seconds that passed since ``earlier``."""
        return (self.mono_ns - earlier.mono_ns) / 1e9


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture from one camera.

    Attributes:
        camera: The camera's name.
        index: Counts what the camera exposed; a gap is a dropped frame.
        taken: When the picture was complete in memory.
        pixels: RGB, uint8 ``(H, W, 3)``, read-only.
    """

    camera: str
    index: int
    taken: Instant
    pixels: Pixels

    @property
    def moment(self) -> Instant:
        """When this was known; ``NoFrame`` has one too."""
        return self.taken


@dataclass(frozen=True, slots=True)
class NoFrame:
    """A camera that has nothing to show, said at least once a second.

    Attributes:
        camera: The camera's name.
        now: When this was noticed.
        since: When the last frame came, or when waiting began.
        reason: What the driver knows, in plain words, without a password.
    """

    camera: str
    now: Instant
    since: Instant
    reason: str

    @property
    def moment(self) -> Instant:
        """When this was known; ``Frame`` has one too."""
        return self.now


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels, half-open: ``right`` and ``bottom`` are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns covered."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows covered."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Some pixels of the reference image, as a cut-out.

    Attributes:
        box: Where the cut-out lies.
        bits: bool ``(box.height, box.width)``; true where a pixel belongs.
    """

    box: Box
    bits: NDArray[np.bool_]

    @property
    def area_px(self) -> int:
        """Pixels that belong."""
        return int(np.count_nonzero(self.bits))

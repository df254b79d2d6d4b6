"""What is known of a scene, and what one look at it shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from edge.types.frames import Instant, Mask, Pixels
    from edge.types.models import ModelTag

ScoreMap = NDArray[np.float32]
"""How likely each pixel changed, float32 ``(H, W)`` in ``[0, 1]``."""


class Kind(str, Enum):
    """What happened to the thing that changed."""

    APPEARED = "appeared"
    DISAPPEARED = "disappeared"
    ALTERED = "altered"
    UNKNOWN = "unknown"


class View(str, Enum):
    """Whether the camera's view can be judged at all."""

    OK = "ok"
    LEARNING = "learning"
    MOVED = "moved"
    COVERED = "covered"
    DARK = "dark"
    BLURRED = "blurred"
    FROZEN = "frozen"
    LOST = "lost"


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A connected place over the threshold in one look.

    Attributes:
        mask: Its pixels.
        score: The highest score inside, in ``[0, 1]``.
        kind: What the edges say happened there.
        moving: Share of it that looks different from half a second ago, in
            ``[0, 1]``; ``None`` when nobody looked then.
    """

    mask: Mask
    score: float
    kind: Kind = Kind.UNKNOWN
    moving: float | None = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What the scene looks like when nothing has changed.

    Attributes:
        id: Name of this reference, such as ``day-1``.
        light: The light state it belongs to.
        pixels: RGB, uint8 ``(H, W, 3)``.
        noise: Standard deviation of a pixel's brightness, in grey levels,
            float32 ``(H, W)``.
        learned: bool ``(H, W)``; false where the scene was never still enough
            to know. Such pixels cannot alarm.
        taken_ns: Wall-clock time of the last update.
    """

    id: str
    light: str
    pixels: Pixels
    noise: NDArray[np.float32]
    learned: NDArray[np.bool_]
    taken_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the detector saw in one frame.

    Attributes:
        taken: When the frame was taken.
        view: Whether the frame could be judged.
        regions: Places over the threshold; empty unless ``view`` is ok.
        hot: bool ``(H, W)``, every pixel over the threshold, small specks
            included.
        score: The score map.
        shift_px: How far the view moved against the reference: columns, rows.
        model: Who looked.
        infer_ms: How long the engine took, in milliseconds.
    """

    taken: Instant
    view: View
    regions: tuple[Region, ...]
    hot: NDArray[np.bool_]
    score: ScoreMap
    shift_px: tuple[float, float]
    model: ModelTag
    infer_ms: float

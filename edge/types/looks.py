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
    """A connected place in one look, over the threshold in part.

    Attributes:
        mask: Its pixels, with those that nearly are over it.
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
        golden: Whether it is the one all others were compared with when they were
            learned; a camera has one such, and one more for each other light state.
    """

    id: str
    light: str
    pixels: Pixels
    noise: NDArray[np.float32]
    learned: NDArray[np.bool_]
    taken_ns: int
    golden: bool = True


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
        judged: bool ``(H, W)``: where the scene is known and was seen, so that it
            could have been hot; ``None`` for everywhere.
        settled: Whether the light is one in which differences can be believed;
            while it is not, nothing starts and nothing ends.
        rotation_deg: How far the view was turned against the reference.
        zoom: How much larger things looked than in the reference.
        levels: How far what stood still in each cell lies over the model's own
            threshold, uint8 ``(rows, columns)``; ``None`` where nothing was judged.
        traces: bool ``(H, W)``, every pixel that scores enough to be a part of a region,
            if not its core; ``None`` where that is what is hot.
        raised: Which cells asked for more than that threshold, bool ``(rows, columns)``,
            and which are not watched at all; ``None`` where no cell does.
    """

    taken: Instant
    view: View
    regions: tuple[Region, ...]
    hot: NDArray[np.bool_]
    score: ScoreMap
    shift_px: tuple[float, float]
    model: ModelTag
    infer_ms: float
    judged: NDArray[np.bool_] | None = None
    settled: bool = True
    rotation_deg: float = 0.0
    zoom: float = 1.0
    levels: NDArray[np.uint8] | None = None
    traces: NDArray[np.bool_] | None = None
    raised: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a view's thresholds stand to its budget of false alarms.

    Attributes:
        budget_per_day: False alarms that a day of watching may bring.
        days: Days of watching that are on record.
        days_needed: Days after which the budget can be vouched for.
        told: Changes that were told in them, true ones included.
        interval_per_day: Between which rates a day that lies, at 95 %; ``None``
            while nothing is on record.
        raised: Share of the view whose threshold is higher than the model's own.
        unwatchable: Share of it that is not watched: it would need too high a one.
        held: Whether the budget can be held.
    """

    budget_per_day: float
    days: float
    days_needed: float
    told: int
    interval_per_day: tuple[float, float] | None
    raised: float
    unwatchable: float
    held: bool

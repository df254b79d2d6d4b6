"""A look, made small enough to keep thousands of: what a silence is explained from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from edge.core import grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.core.limits import Limits
    from edge.types import Box, ChangeStatus, Kind, ModelTag, Moment, Region, View

SPOTS_KEPT = 32
CHANGES_KEPT = 100


class Blind(IntEnum):
    """Why nothing is judged in a cell, or only what stands out more than elsewhere (``RAISED``)."""

    JUDGED = 0
    NEVER_LEARNED = 1
    IGNORED = 2
    PRIVATE = 3
    OUTSIDE = 4
    RAISED = 5
    RESTLESS = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """A region over the threshold.

    Attributes:
        box: Around it, in pixels of the reference.
        area_px: Its pixels.
        score: The highest inside.
        kind: What the edges say happened there.
        moving: Share that looked different half a second ago; ``None``: nobody looked.
        hits: In how many of the last looks something stood still there.
    """

    box: Box
    area_px: int
    score: float
    kind: Kind
    moving: float | None
    hits: int


@dataclass(frozen=True, slots=True)
class Known:
    """A change that was told and had not ended.

    Attributes:
        change_id: Its id.
        status: Open or suspended.
        box: Around it, in pixels of the reference.
    """

    change_id: str
    status: ChangeStatus
    box: Box


@dataclass(frozen=True, slots=True)
class Counts:
    """What counted then: the limits, as far as a silence may follow from them.

    Attributes:
        threshold: Score that a region must reach somewhere.
        sensitivity: What the user wrote.
        confirm: So many of the last so many looks.
        least_core_px: Places with fewer pixels over the threshold are noise.
    """

    threshold: float
    sensitivity: float
    confirm: tuple[int, int]
    least_core_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """One look.

    Attributes:
        camera: Whose.
        taken_ns: Wall clock.
        view: Whether the view could be judged.
        reason: Why no frame came.
        frame_size: Width and height of the reference, or of the frame; 0 without one.
        counts: What counted.
        armed: Whether changes were told at all.
        activity: Whether something moved.
        settled: Whether the light was one in which differences can be believed.
        shift_px: How far the view had moved: columns, rows.
        reference: Id and light state of what it was compared with.
        model: Who looked; ``None`` when nobody did.
        spots: Regions over the threshold, the largest first.
        known: Open changes.
        score: Highest score of each cell, uint8 ``(rows, columns)``; empty without a look.
        hot: How many pixels of each cell were over the threshold, uint16.
        blind: ``Blind`` of each cell, uint8.
    """

    camera: str
    taken_ns: int
    view: View
    reason: str
    frame_size: tuple[int, int]
    counts: Counts
    armed: bool
    activity: bool
    settled: bool
    shift_px: tuple[float, float]
    reference: tuple[str, str]
    model: ModelTag | None
    spots: tuple[Spot, ...]
    known: tuple[Known, ...]
    score: NDArray[np.uint8]
    hot: NDArray[np.uint16]
    blind: NDArray[np.uint8]

    @property
    def cell_px(self) -> int:
        """Side of a cell."""
        return grid.cell_of(*self.frame_size)


def counts_of(limits: Limits, threshold: float) -> Counts:
    """Return what counts under a user's limits.

    Args:
        limits: The limits.
        threshold: Score that a region must reach somewhere.
    """
    return Counts(threshold, limits.sensitivity, limits.confirm, limits.least_core_px)


def glance_of(
    moment: Moment, counts: Counts, *, spots: tuple[Spot, ...], blind: NDArray[np.uint8] | None
) -> Glance:
    """Make a moment small.

    Args:
        moment: All that is known.
        counts: What counts.
        spots: From ``spot_of``, for the regions of its look.
        blind: ``Blind`` of each cell of the reference; ``None`` for an empty one.
    """
    look, reference = moment.look, moment.reference
    nothing = np.zeros((0, 0), np.uint8)
    score, hot = nothing, nothing.astype(np.uint16)
    size = _size(moment)
    cells = nothing
    if look is not None and blind is not None and look.score.shape == (size[1], size[0]):
        cell = grid.cell_of(*size)
        score, hot = grid.hottest(look.score, cell), grid.counted(look.hot, cell)
        cells = blind
        if look.judged is not None:
            outside = grid.mostly(~look.judged, cell) & (blind == Blind.JUDGED)
            cells = np.where(outside, np.uint8(Blind.OUTSIDE), blind)
        if look.raised is not None and look.raised[0].shape == cells.shape:
            much = np.where(look.raised[1], np.uint8(Blind.RESTLESS), np.uint8(Blind.RAISED))
            cells = np.where(look.raised[0] & (cells == Blind.JUDGED), much, cells)
    return Glance(
        camera=moment.camera,
        taken_ns=moment.now.wall_ns,
        view=moment.view,
        reason=moment.reason,
        frame_size=size,
        counts=counts,
        armed=moment.armed,
        activity=moment.activity,
        settled=look.settled if look else True,
        shift_px=look.shift_px if look else (0.0, 0.0),
        reference=(reference.id, reference.light) if reference else ("", ""),
        model=look.model if look else None,
        spots=spots[:SPOTS_KEPT],
        known=tuple(Known(c.change_id, c.status, c.mask.box) for c in moment.changes[:CHANGES_KEPT]),
        score=score,
        hot=hot,
        blind=cells,
    )


def spot_of(region: Region, hits: int) -> Spot:
    """Return a region without its mask."""
    return Spot(region.mask.box, region.mask.area_px, region.score, region.kind, region.moving, hits)


def _size(moment: Moment) -> tuple[int, int]:
    if moment.reference is not None:
        height, width = moment.reference.learned.shape
        return width, height
    if moment.frame is not None:
        height, width = moment.frame.pixels.shape[:2]
        return width, height
    return 0, 0

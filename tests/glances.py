"""Looks as they are kept, for tests about silences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.core import grid
from edge.core.glances import Blind, Counts, Glance, Known, Spot
from edge.types import Box, ChangeStatus, Kind, View
from tests.samples import MODEL, NOON_NS

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = (960, 540)
CELL = 10
THRESHOLD = 0.72
SECOND_NS = 1_000_000_000
PLACE = (405.0, 205.0)
"""Where somebody asks about."""

HERE = Box(400, 200, 412, 212)
ELSEWHERE = Box(800, 400, 812, 412)
COUNTS = Counts(THRESHOLD, sensitivity=0.5, confirm=(3, 5), least_core_px=18.0)


def a_glance(
    *,
    after_s: float = 0.0,
    view: View = View.OK,
    score: float = 0.0,
    hot_px: int = 0,
    blind: Blind = Blind.JUDGED,
    spots: Sequence[Spot] = (),
    known: Sequence[Known] = (),
    armed: bool = True,
    settled: bool = True,
    reason: str = "",
    shift_px: tuple[float, float] = (0.3, 0.4),
) -> Glance:
    """Return a look that shows this much at the place."""
    shape = grid.shape_of(*SIZE, CELL)
    scores, hot, blinds = np.zeros(shape, np.uint8), np.zeros(shape, np.uint16), np.zeros(shape, np.uint8)
    cell = int(PLACE[1] // CELL), int(PLACE[0] // CELL)
    scores[cell], hot[cell], blinds[cell] = round(score * 255), hot_px, blind
    looked = view is View.OK
    nothing = np.zeros((0, 0), np.uint8)
    return Glance(
        camera="shelf",
        taken_ns=NOON_NS + round(after_s * SECOND_NS),
        view=view,
        reason=reason,
        frame_size=SIZE,
        counts=COUNTS,
        armed=armed,
        activity=False,
        settled=settled,
        shift_px=shift_px,
        reference=("day-1", "day"),
        model=MODEL if looked else None,
        spots=tuple(spots),
        known=tuple(known),
        score=scores if looked else nothing,
        hot=hot if looked else nothing.astype(np.uint16),
        blind=blinds if looked else nothing,
    )


def a_spot(
    box: Box = HERE, *, area_px: int = 140, score: float = 0.93, moving: float | None = 0.0, hits: int = 1
) -> Spot:
    """Return something over the threshold."""
    return Spot(box, area_px, score, Kind.APPEARED, moving, hits)


def told(box: Box = HERE, change_id: str = "shelf-3") -> Known:
    """Return a change that was told."""
    return Known(change_id, ChangeStatus.OPEN, box)

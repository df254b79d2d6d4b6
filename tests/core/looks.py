"""Looks as the rules see them, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.core.limits import Limits
from edge.core.masks import painted
from edge.core.rules import advance
from edge.core.watch import Watch
from edge.types import Box, Instant, Kind, Look, Mask, ModelTag, Region, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge.core.watch import Outcome
    from edge.types import Change

SHAPE = (60, 80)
MODEL = ModelTag("sim", "1", "sim")
EPOCH_NS = 1_700_000_000_000_000_000

LIMITS = Limits(confirm=(3, 5), clear_s=3.0, update_every_s=10.0, persist_after_s=20.0)
NEW = Watch("shelf")

STARTED, UPDATED, PERSISTENT, ENDED = (
    "change_started",
    "change_updated",
    "change_persistent",
    "change_ended",
)

Told = tuple[float, str, str]
"""Second, event type, change_id."""


def instant(second: float) -> Instant:
    """Return a moment: the two clocks began apart."""
    return Instant(mono_ns=round(second * 1e9) + 7_000_000_000, wall_ns=EPOCH_NS + round(second * 1e9))


def square(left: int, top: int, side: int) -> Mask:
    """Return a full square."""
    return block(left, top, side, side)


def block(left: int, top: int, width: int, height: int) -> Mask:
    """Return a full rectangle."""
    return Mask(Box(left, top, left + width, top + height), np.ones((height, width), np.bool_))


PLACE = square(10, 10, 10)
ELSEWHERE = square(50, 30, 10)


def still(mask: Mask, *, kind: Kind = Kind.APPEARED, score: float = 0.8) -> Region:
    """Return a region that looks as it did half a second ago."""
    return Region(mask, score, kind, moving=0.0)


def moving(mask: Mask, *, share: float = 1.0) -> Region:
    """Return a region that does not."""
    return Region(mask, 0.9, Kind.UNKNOWN, moving=share)


def unwatched(mask: Mask) -> Region:
    """Return a region of which nobody knows how it looked half a second ago."""
    return Region(mask, 0.8, Kind.APPEARED, moving=None)


def look(
    second: float,
    *regions: Region,
    view: View = View.OK,
    specks: Sequence[Mask] = (),
) -> Look:
    """Return a look.

    Args:
        second: When.
        regions: What it shows.
        view: Whether it could be judged.
        specks: Pixels over the threshold that are too few for a region.
    """
    hot = painted([*(region.mask for region in regions), *specks], SHAPE)
    return Look(
        taken=instant(second),
        view=view,
        regions=regions if view is View.OK else (),
        hot=hot,
        score=np.where(hot, np.float32(0.8), np.float32(0.0)),
        shift_px=(0.0, 0.0),
        model=MODEL,
        infer_ms=1.0,
    )


def live(watch: Watch, looks: Iterable[Look], limits: Limits) -> tuple[Watch, list[Told]]:
    """Take looks into account, one after another; return what was told when."""
    told: list[Told] = []
    for one in looks:
        outcome = advance(watch, one, limits)
        watch = outcome.watch
        told += said(outcome, one.taken)
    return watch, told


def said(outcome: Outcome, now: Instant) -> list[Told]:
    """Return what an outcome tells."""
    second = round((now.wall_ns - EPOCH_NS) / 1e9, 3)
    return [(second, event.value, change.change_id) for event, change in outcome.told]


def shown(first_s: int, last_s: int, *regions: Region) -> list[Look]:
    """Return one look a second, from first to last, both included."""
    return [look(float(second), *regions) for second in range(first_s, last_s + 1)]


def the_only(watch: Watch) -> Change:
    """Return the only change that stands."""
    (standing,) = watch.standing
    return standing.change

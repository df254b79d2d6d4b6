"""Why nothing was told: from the looks at a place to the first reason that holds."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from edge.core import grid
from edge.core.candidates import MOVING
from edge.core.glances import Blind
from edge.types import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.core.glances import Counts, Glance, Spot
    from edge.types import Change

Place = tuple[float, float]
"""Column and row, in pixels of the reference."""


class Reason(str, Enum):
    """Why nothing was told, in the order in which it is asked."""

    OUT_OF_REACH = "out_of_reach"
    NOT_LOOKED = "not_looked"
    LOST = "lost"
    VIEW = "view"
    LEARNING = "learning"
    DISARMED = "disarmed"
    TOLD = "told"
    PRIVATE = "private"
    IGNORED = "ignored"
    NEVER_LEARNED = "never_learned"
    OUTSIDE = "outside"
    RESTLESS = "restless"
    BELOW_THRESHOLD = "below_threshold"
    RAISED = "raised"
    TOO_SMALL = "too_small"
    UNSETTLED = "unsettled"
    MOVING = "moving"
    NOT_CONFIRMED = "not_confirmed"
    UNEXPLAINED = "unexplained"


_BLIND = {
    Blind.PRIVATE: Reason.PRIVATE,
    Blind.IGNORED: Reason.IGNORED,
    Blind.NEVER_LEARNED: Reason.NEVER_LEARNED,
    Blind.OUTSIDE: Reason.OUTSIDE,
    Blind.RESTLESS: Reason.RESTLESS,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why nothing was told, and every figure that is known.

    Attributes:
        reason: The first one that holds.
        looks: How many looks at that time are kept.
        judged: How many of them could be judged.
        views: How often the view was in which state.
        at: The look that shows the reason best.
        counts: What counted.
        score: Highest score at the place; ``None`` where nobody looked.
        area_px: Most pixels over the threshold there in one look.
        moving: Least share of what was over the threshold there that moved.
        hits: Most of the last looks in which something stood still there.
        enough: Sensitivity from which that score would have counted; ``None`` where
            it counted anyway, or none is enough.
        change_ids: Changes that were told there already.
    """

    reason: Reason
    looks: int = 0
    judged: int = 0
    views: tuple[tuple[View, int], ...] = ()
    at: Glance | None = None
    counts: Counts | None = None
    score: float | None = None
    area_px: int | None = None
    moving: float | None = None
    hits: int | None = None
    enough: float | None = None
    change_ids: tuple[str, ...] = ()


def why_not(
    glances: Sequence[Glance],
    *,
    place: Place | None,
    told: Sequence[Change] = (),
    oldest_ns: int | None = None,
    until_ns: int = 0,
) -> Verdict:
    """Return the first reason that holds.

    Args:
        glances: Every look at that time that was kept, in order.
        place: Where; ``None`` for anywhere in the view.
        told: Changes of the ledger that were open at that time.
        oldest_ns: The oldest look that is kept at all; ``None`` without any.
        until_ns: End of the time in question.
    """
    if not glances:
        early = oldest_ns is None or until_ns < oldest_ns
        return Verdict(Reason.OUT_OF_REACH if early else Reason.NOT_LOOKED)
    seen = [glance for glance in glances if glance.view is View.OK]
    last = glances[-1]
    facts = Verdict(
        Reason.UNEXPLAINED,
        looks=len(glances),
        judged=len(seen),
        views=tuple(Counter(glance.view for glance in glances).most_common()),
        at=last,
        counts=last.counts,
    )
    if not seen:
        return _unseen(glances, facts)
    facts = _measured(seen, place, facts)
    settled = any(glance.settled for glance in seen if _spots(glance, place))
    if all(not glance.armed for glance in seen):
        return replace(facts, reason=Reason.DISARMED)
    if known := _known(seen, told, place):
        return replace(facts, reason=Reason.TOLD, change_ids=known)
    blind = _blind(seen[-1], place)
    if blind in _BLIND:
        return replace(facts, reason=_BLIND[blind], score=None)
    return replace(facts, reason=_unmet(facts, settled=settled, raised=blind is Blind.RAISED))


def _unseen(glances: Sequence[Glance], facts: Verdict) -> Verdict:
    view = facts.views[0][0]
    at = next(glance for glance in glances if glance.view is view)
    reasons = {View.LOST: Reason.LOST, View.LEARNING: Reason.LEARNING}
    return replace(facts, reason=reasons.get(view, Reason.VIEW), at=at)


def _measured(seen: Sequence[Glance], place: Place | None, facts: Verdict) -> Verdict:
    """Add the figures of the place; the look that shows most of it is the one to show."""
    best = max(seen, key=lambda glance: _strength(glance, place))
    spots = [spot for glance in seen for spot in _spots(glance, place)]
    hot, peak = _strength(best, place)
    score = max((spot.score for spot in _spots(best, place)), default=grid.score_at(peak))
    over = hot > 0
    return replace(
        facts,
        at=best,
        counts=best.counts,
        score=score,
        area_px=max((spot.area_px for spot in spots), default=hot),
        moving=min((spot.moving for spot in spots if spot.moving is not None), default=None),
        hits=max((spot.hits for spot in spots), default=None),
        enough=None if over else _enough(best.counts, score),
    )


def _strength(glance: Glance, place: Place | None) -> tuple[int, int]:
    """Return how many pixels counted at a place, and the highest level there."""
    if not glance.score.size:
        return 0, 0
    where = ... if place is None else grid.around(place, glance.cell_px, glance.score.shape)
    score, hot = glance.score[where], glance.hot[where]
    return (int(hot.sum()), int(score.max())) if score.size else (0, 0)


def _spots(glance: Glance, place: Place | None) -> list[Spot]:
    cell = glance.cell_px
    return [spot for spot in glance.spots if place is None or grid.near(place, spot.box, cell)]


def _known(seen: Sequence[Glance], told: Sequence[Change], place: Place | None) -> tuple[str, ...]:
    cell = seen[-1].cell_px
    found = {k.change_id: k.box for glance in seen for k in glance.known}
    found |= {change.change_id: change.mask.box for change in told}
    return tuple(
        change_id for change_id, box in found.items() if place is None or grid.near(place, box, cell)
    )


def _blind(glance: Glance, place: Place | None) -> Blind:
    """Return why the place itself is never judged; its neighbours do not matter."""
    if place is None or not glance.blind.size:
        return Blind.JUDGED
    rows, columns = glance.blind.shape
    row, column = int(place[1] // glance.cell_px), int(place[0] // glance.cell_px)
    if not (0 <= row < rows and 0 <= column < columns):
        return Blind.OUTSIDE
    return Blind(int(glance.blind[row, column]))


def _unmet(facts: Verdict, *, settled: bool, raised: bool) -> Reason:
    """Return what was not met by what was seen at the place."""
    if facts.counts is None or not facts.area_px:
        return Reason.BELOW_THRESHOLD
    if facts.hits is None:
        return Reason.RAISED if raised else Reason.TOO_SMALL
    if not settled:
        return Reason.UNSETTLED
    if facts.hits == 0 and (facts.moving is None or facts.moving >= MOVING):
        return Reason.MOVING
    if facts.hits < facts.counts.confirm[0]:
        return Reason.NOT_CONFIRMED
    return Reason.UNEXPLAINED


def _enough(counts: Counts, score: float) -> float | None:
    """Return the sensitivity that makes a score the threshold; see ``calibration.threshold_of``."""
    if not (0.0 < score < 1.0 and 0.0 < counts.threshold < 1.0):
        return None
    steps = math.log2(_odds(counts.threshold) / _odds(score)) / 2.0
    wanted = math.ceil((counts.sensitivity + steps) * 100) / 100
    return wanted if counts.sensitivity < wanted <= 1.0 else None


def _odds(chance: float) -> float:
    return chance / (1.0 - chance)

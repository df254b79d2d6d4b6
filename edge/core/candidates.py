"""Regions that may become changes: the same place, still, in enough looks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.core.masks import common_px, likeness
from edge.core.watch import Candidate
from edge.types import EndReason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.core.limits import Limits
    from edge.core.watch import Standing
    from edge.types import Instant, Look, Mask, Region

MOVING = 0.3
"""Share of a region that may look different from half a second ago in a still one."""

IN_PLACE = 0.4
"""Likeness (intersection over union) of two looks at the same thing."""

TOUCHING = 0.25
"""Share of the smaller of two masks that must be common for them to meet."""

OCCLUDER = 4.0
"""A region this many times larger than the changes it meets stands in front of them."""

GROWN = 1.6
"""Factor by which an area must differ from what was told to be worth telling."""

ARRIVAL_S = 1.0
"""A thing that moved for longer than this was not yet what it became."""


def sifted(
    candidates: Sequence[Candidate], standing: Sequence[Standing], look: Look, limits: Limits
) -> tuple[list[Candidate], list[tuple[Candidate, Region]]]:
    """Match regions to candidates; return those that wait and those that are confirmed."""
    least, window = limits.confirm
    waiting = list(candidates)
    after: list[Candidate] = []
    confirmed: list[tuple[Candidate, Region]] = []
    for region in look.regions:
        grows, explained = _explanation(standing, region)
        if explained:
            continue
        known = max(
            (c for c in waiting if c.grows == grows),
            key=lambda c: likeness(c.mask, region.mask),
            default=None,
        )
        still = region.moving is not None and not moves(region)
        if known is None or likeness(known.mask, region.mask) < IN_PLACE:
            candidate = Candidate(region.mask, look.taken, (still,), grows)
        else:
            waiting.remove(known)
            candidate = _seen_again(known, region, look.taken, (*known.hits, still)[-window:])
        if still and sum(candidate.hits) >= least:
            confirmed.append((candidate, region))
        else:
            after.append(candidate)
    missed = [replace(c, hits=(*c.hits, False)[-window:]) for c in waiting]
    alive = [c for c in missed if any(c.hits) or len(c.hits) < window]
    return after + alive, confirmed


def _seen_again(known: Candidate, region: Region, now: Instant, hits: tuple[bool, ...]) -> Candidate:
    """Follow what moves; hold on to the place and the moment where it came to rest."""
    if any(known.hits):
        return replace(known, hits=hits)
    arrived = now.seconds_since(known.first) > ARRIVAL_S
    return replace(known, mask=region.mask, hits=hits, first=now if arrived else known.first)


def _explanation(standing: Sequence[Standing], region: Region) -> tuple[str | None, bool]:
    """Return the change whose new extent a region may be, and whether it is old news."""
    met = [
        s.change
        for s in standing
        if s.change.end_reason is not EndReason.REVERTED and meet(region.mask, s.change.mask)
    ]
    told_px = sum(change.mask.area_px for change in met)
    if not met or region.mask.area_px > OCCLUDER * told_px:
        return None, False
    factor = region.mask.area_px / max(1, told_px)
    if len(met) > 1 or 1 / GROWN < factor < GROWN:
        return None, True
    return met[0].change_id, False


def moves(region: Region) -> bool:
    """Whether a region is known to move inside."""
    return region.moving is not None and region.moving >= MOVING


def meet(one: Mask, other: Mask) -> bool:
    """Whether two masks show, at least in part, the same place."""
    smaller = min(one.area_px, other.area_px)
    return smaller > 0 and common_px(one, other) >= TOUCHING * smaller

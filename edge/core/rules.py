"""The life of a change: from regions in single looks to what is told.

A region must stay in one place, without moving inside, for ``m`` of ``n`` looks
to be told. What moves is activity. What is told stays told until its place has
looked like the reference for a while, or somebody accepts it; an occluder or a
lost view only suspends it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.core.candidates import OCCLUDER, meet, moves, sifted
from edge.core.masks import share_of
from edge.core.watch import Candidate, Outcome, Standing, Watch
from edge.types import Change, ChangeStatus, EndReason, EventType, View

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from edge.core.limits import Limits
    from edge.types import Instant, Look, Region

Told = list[tuple[EventType, Change]]
"""Events in order, each with the change as it was told."""

SEEN = 0.5
"""Share of a change's pixels that must be judged to say whether it is there still."""

SHOWN = 0.3
"""Share of a change's pixels that must show traces of it for it to be there still."""

LONGEST_STEP_S = 5.0
"""Time between two looks that is counted at most: nobody looked in a longer gap."""


def restored(camera: str, changes: Sequence[Change], serial: int) -> Watch:
    """Remember what the ledger holds: the same changes, told long ago."""
    return Watch(camera, serial, tuple(Standing(change) for change in changes))


def advance(watch: Watch, look: Look, limits: Limits) -> Outcome:
    """Take one look into account.

    Args:
        watch: What is remembered.
        look: The newest look, later than every one before.
        limits: The user's limits.
    """
    if look.view is not View.OK or not look.settled:
        return suspended(watch, look.taken)
    step_s = 0.0 if watch.last is None else look.taken.seconds_since(watch.last)
    told: Told = []
    standing: list[Standing] = []
    for one in watch.standing:
        after, news = _stood(one, look, limits, min(step_s, LONGEST_STEP_S))
        told += news
        standing.append(after)
    candidates, confirmed = sifted(watch.candidates, standing, look, limits)
    serial = watch.serial
    for candidate, region in confirmed:
        if candidate.grows is None:
            serial += 1
            change = _started(watch.camera, serial, candidate, region, look)
            standing.append(Standing(change, told=look.taken))
            told.append((EventType.CHANGE_STARTED, change))
        else:
            told += _updated(standing, candidate.grows, region, look, limits)
    before = {s.change.change_id: s.change.status for s in watch.standing}
    rows = {change.change_id: change for _, change in told}
    rows |= {
        s.change.change_id: s.change
        for s in standing
        if before.get(s.change.change_id, s.change.status) is not s.change.status
    }
    return Outcome(
        watch=Watch(
            camera=watch.camera,
            serial=serial,
            standing=tuple(s for s in standing if s.change.status is not ChangeStatus.ENDED),
            candidates=tuple(candidates),
            last=look.taken,
        ),
        told=tuple(told),
        rows=tuple(rows.values()),
        activity=any(moves(region) for region in look.regions),
    )


def suspended(watch: Watch, now: Instant) -> Outcome:
    """Nobody can see: nothing starts, nothing ends, nothing is told."""
    standing = tuple(
        replace(s, change=replace(s.change, status=ChangeStatus.SUSPENDED), clear_since=None)
        for s in watch.standing
    )
    rows = tuple(
        after.change
        for before, after in zip(watch.standing, standing, strict=True)
        if before.change.status is not ChangeStatus.SUSPENDED
    )
    after = replace(watch, standing=standing, candidates=(), last=now)
    return Outcome(watch=after, rows=rows)


def ended(watch: Watch, change_ids: Collection[str], now_ns: int, reason: EndReason) -> Outcome:
    """End changes because somebody said so.

    Returns:
        Their ``change_ended``; the place of an accepted one must become part of
        the reference. Nothing for an id that is not open.
    """
    over = tuple(_ended(s.change, now_ns, reason) for s in watch.standing if s.change.change_id in change_ids)
    gone = {change.change_id for change in over}
    left = tuple(s for s in watch.standing if s.change.change_id not in gone)
    return Outcome(
        watch=replace(watch, standing=left, candidates=()),
        told=tuple((EventType.CHANGE_ENDED, change) for change in over),
        rows=over,
    )


def _stood(one: Standing, look: Look, limits: Limits, step_s: float) -> tuple[Standing, Told]:
    """Say how a told change fares in this look."""
    change = one.change
    met = [region for region in look.regions if meet(region.mask, change.mask)]
    unseen = look.judged is not None and share_of(change.mask, look.judged) < SEEN
    if unseen or any(moves(r) or r.mask.area_px > OCCLUDER * change.mask.area_px for r in met):
        hidden = replace(change, status=ChangeStatus.SUSPENDED)
        return replace(one, change=hidden, clear_since=None), []
    if share_of(change.mask, look.hot if look.traces is None else look.traces) >= SHOWN:
        return _seen(one, look, limits, step_s)
    since = one.clear_since or look.taken
    if look.taken.seconds_since(since) < limits.clear_s:
        return replace(one, change=replace(change, status=ChangeStatus.OPEN), clear_since=since), []
    over = _ended(change, look.taken.wall_ns, EndReason.REVERTED)
    return replace(one, change=over), [(EventType.CHANGE_ENDED, over)]


def _seen(one: Standing, look: Look, limits: Limits, step_s: float) -> tuple[Standing, Told]:
    told: Told = []
    persisted_s = one.change.persisted_s + step_s
    change = replace(
        one.change,
        status=ChangeStatus.OPEN,
        seen_ns=look.taken.wall_ns,
        persisted_s=persisted_s,
    )
    if not change.persistent and persisted_s >= limits.persist_after_s:
        change = replace(change, persistent=True)
        told.append((EventType.CHANGE_PERSISTENT, change))
    if limits.absorb_s is not None and persisted_s >= limits.absorb_s:
        change = _ended(change, look.taken.wall_ns, EndReason.ABSORBED)
        told.append((EventType.CHANGE_ENDED, change))
    return replace(one, change=change, clear_since=None), told


def _ended(change: Change, now_ns: int, reason: EndReason) -> Change:
    return replace(change, status=ChangeStatus.ENDED, ended_ns=now_ns, end_reason=reason)


def _started(camera: str, serial: int, candidate: Candidate, region: Region, look: Look) -> Change:
    return Change(
        change_id=f"{camera}-{serial}",
        camera=camera,
        status=ChangeStatus.OPEN,
        mask=region.mask,
        kind=region.kind,
        score=region.score,
        started_ns=candidate.first.wall_ns,
        seen_ns=look.taken.wall_ns,
        persisted_s=look.taken.seconds_since(candidate.first),
    )


def _updated(standing: list[Standing], change_id: str, region: Region, look: Look, limits: Limits) -> Told:
    """Tell a new extent, unless it is too soon; changes ``standing`` in place."""
    for i, one in enumerate(standing):
        if one.change.change_id != change_id or one.change.status is not ChangeStatus.OPEN:
            continue
        if one.told is not None and look.taken.seconds_since(one.told) < limits.update_every_s:
            return []
        score = max(one.change.score, region.score)
        change = replace(one.change, mask=region.mask, kind=region.kind, score=score)
        standing[i] = replace(one, change=change, told=look.taken)
        return [(EventType.CHANGE_UPDATED, change)]
    return []

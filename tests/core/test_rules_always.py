"""What holds for any sequence of looks, orders and restarts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.limits import Limits
from edge.core.rules import advance, ended, restored
from edge.core.watch import Outcome, Watch
from edge.types import Change, ChangeStatus, EndReason, EventType, Look, Region, View
from tests.core.looks import block, instant, look, moving, square, still, unwatched

PLACES = (
    square(10, 10, 10),
    square(12, 10, 10),
    block(10, 10, 20, 10),
    block(10, 10, 10, 5),
    square(4, 4, 25),
    square(40, 30, 10),
    square(50, 30, 10),
    block(40, 30, 20, 10),
)

regions = st.builds(
    lambda place, made: made(place),
    st.sampled_from(PLACES),
    st.sampled_from((still, still, still, unwatched, moving)),
)
views = st.sampled_from((View.OK,) * 9 + (View.MOVED,))
scenes = st.tuples(views, st.lists(regions, max_size=3))

Step = tuple[View, list[Region]] | str
"""A look, ``accept`` of the oldest change, or ``restart``."""


def _lasting(scene: Step, times: int) -> list[Step]:
    return [scene] * times


runs = st.builds(_lasting, scenes, st.integers(1, 8))
orders = st.builds(_lasting, st.sampled_from(("accept", "restart")), st.just(1))
lives = st.lists(st.one_of(runs, runs, runs, orders), max_size=12).map(
    lambda parts: [step for part in parts for step in part]
)
"""A few scenes, each of which lasts a few looks, with orders and restarts between them."""

gaps_s = st.integers(0, 9).map(
    lambda seed: [float(gap) for gap in np.random.default_rng(seed).choice((0.2, 1.0, 3.0, 8.0), 100)]
)

limits_of_all_kinds = st.builds(
    Limits,
    confirm=st.sampled_from(((1, 1), (1, 3), (2, 3), (3, 5))),
    clear_s=st.sampled_from((0.0, 2.0, 10.0)),
    update_every_s=st.sampled_from((0.0, 6.0)),
    persist_after_s=st.sampled_from((0.0, 4.0, 30.0)),
    absorb_s=st.sampled_from((None, 6.0, 20.0)),
)


@dataclass
class Story:
    """What happened in one life.

    Attributes:
        watch: What is remembered at the end.
        ledger: Every row as it was last written.
        outcomes: Second, look (``None`` for an order) and outcome, in order.
        restarts: Seconds of the restarts.
    """

    watch: Watch = field(default_factory=lambda: Watch("shelf"))
    ledger: dict[str, Change] = field(default_factory=dict)
    outcomes: list[tuple[float, Look | None, Outcome]] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)

    def told(self) -> list[tuple[float, EventType, Change]]:
        """Return every event with its second."""
        return [(at, event, change) for at, _, outcome in self.outcomes for event, change in outcome.told]

    def open_rows(self) -> list[Change]:
        """Return what the ledger holds as not ended."""
        return [row for row in self.ledger.values() if row.status is not ChangeStatus.ENDED]


def lived(steps: list[Step], gaps: list[float], limits: Limits) -> Story:
    """Live through the steps, writing the ledger as the device would."""
    story = Story()
    for step, second in zip(steps, accumulate(gaps), strict=False):
        seen: Look | None = None
        if step == "restart":
            story.restarts.append(second)
            story.watch = restored("shelf", story.open_rows(), len(story.ledger))
            continue
        if isinstance(step, str):
            ids = [standing.change.change_id for standing in story.watch.standing]
            outcome = ended(story.watch, ids[:1], instant(second).wall_ns, EndReason.ACCEPTED)
        else:
            view, shown = step
            seen = look(second, *shown, view=view)
            outcome = advance(story.watch, seen, limits)
        story.watch = outcome.watch
        story.ledger |= {row.change_id: row for row in outcome.rows}
        story.outcomes.append((second, seen, outcome))
    return story


@given(lives, gaps_s, limits_of_all_kinds)
def test_every_change_starts_once_ends_at_most_once_and_lives_in_between(
    steps: list[Step], gaps: list[float], limits: Limits
) -> None:
    lives_told: dict[str, list[EventType]] = {}
    for _, event, change in lived(steps, gaps, limits).told():
        lives_told.setdefault(change.change_id, []).append(event)
    for events in lives_told.values():
        assert events[0] is EventType.CHANGE_STARTED
        assert events.count(EventType.CHANGE_STARTED) == 1
        assert EventType.CHANGE_ENDED not in events[:-1]


@given(lives, gaps_s, limits_of_all_kinds)
def test_changes_are_numbered_from_one_without_holes_through_restarts(
    steps: list[Step], gaps: list[float], limits: Limits
) -> None:
    started = [
        change.change_id
        for _, event, change in lived(steps, gaps, limits).told()
        if event is EventType.CHANGE_STARTED
    ]
    assert started == [f"shelf-{n}" for n in range(1, len(started) + 1)]


@given(lives, gaps_s, limits_of_all_kinds)
def test_nothing_is_told_while_the_view_is_not_ok(
    steps: list[Step], gaps: list[float], limits: Limits
) -> None:
    for _, seen, outcome in lived(steps, gaps, limits).outcomes:
        if seen is not None and seen.view is not View.OK:
            assert (outcome.told, outcome.watch.candidates, outcome.activity) == ((), (), False)


@given(lives, gaps_s, limits_of_all_kinds)
def test_nothing_is_told_of_a_suspended_change_but_that_it_was_accepted(
    steps: list[Step], gaps: list[float], limits: Limits
) -> None:
    for _, _, change in lived(steps, gaps, limits).told():
        assert change.status is not ChangeStatus.SUSPENDED


@given(lives, gaps_s, limits_of_all_kinds)
def test_the_ledger_knows_what_the_device_remembers(
    steps: list[Step], gaps: list[float], limits: Limits
) -> None:
    story = lived(steps, gaps, limits)
    remembered = {s.change.change_id: s.change for s in story.watch.standing}
    rows = {row.change_id: row for row in story.open_rows()}
    assert rows.keys() == remembered.keys()
    for change_id, row in rows.items():
        change = remembered[change_id]
        assert (row.mask, row.kind, row.score) == (change.mask, change.kind, change.score)
        assert (row.status, row.persistent, row.started_ns) == (
            change.status,
            change.persistent,
            change.started_ns,
        )


@given(lives, gaps_s, limits_of_all_kinds)
def test_persistent_is_told_at_most_once_in_a_life(
    steps: list[Step], gaps: list[float], limits: Limits
) -> None:
    persistent = [
        change.change_id
        for _, event, change in lived(steps, gaps, limits).told()
        if event is EventType.CHANGE_PERSISTENT
    ]
    assert len(persistent) == len(set(persistent))


@given(lives, gaps_s, limits_of_all_kinds)
def test_extents_are_told_at_most_every_update_every_s_between_restarts(
    steps: list[Step], gaps: list[float], limits: Limits
) -> None:
    story = lived(steps, gaps, limits)
    last: dict[str, float] = {}
    for at, event, change in story.told():
        if event is EventType.CHANGE_UPDATED and change.change_id in last:
            before = last[change.change_id]
            restarted = any(before <= restart <= at for restart in story.restarts)
            assert restarted or at - before >= limits.update_every_s - 1e-6
        if event in {EventType.CHANGE_STARTED, EventType.CHANGE_UPDATED}:
            last[change.change_id] = at


@given(lives, gaps_s, limits_of_all_kinds)
def test_nothing_is_absorbed_unless_asked(steps: list[Step], gaps: list[float], limits: Limits) -> None:
    told = lived(steps, gaps, replace(limits, absorb_s=None)).told()
    assert all(change.end_reason is None or change.end_reason.value != "absorbed" for _, _, change in told)


@given(lives, gaps_s, limits_of_all_kinds)
def test_nothing_that_moves_is_ever_told(steps: list[Step], gaps: list[float], limits: Limits) -> None:
    restless: list[Step] = [
        step if isinstance(step, str) else (step[0], [moving(region.mask) for region in step[1]])
        for step in steps
    ]
    assert lived(restless, gaps, limits).told() == []


@given(lives, gaps_s, limits_of_all_kinds)
@settings(max_examples=50)
def test_candidates_are_forgotten_so_that_memory_is_bounded(
    steps: list[Step], gaps: list[float], limits: Limits
) -> None:
    story = lived(steps, gaps, limits)
    looks = [seen for _, seen, _ in story.outcomes if seen is not None]
    window = limits.confirm[1]
    assert len(story.watch.candidates) <= sum(len(seen.regions) for seen in looks[-window - 1 :])

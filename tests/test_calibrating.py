from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.core.calibration.record import Record
from edge.core.glances import glance_of
from edge.core.limits import Limits
from edge.core.why_not import Reason, why_not
from edge.sim.engine import SimEngine
from edge.types import ChangeStatus, Moment
from edge.watcher import Watcher
from tests.glances import COUNTS
from tests.stage import CAMERA, LEFT, PLACE, SIDE, TOP, Stage, reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edge.types import Frame

LIMITS = Limits(clear_s=2.0, learn_s=4.0)
CELL = 3
"""Pixels: the stage is 240 wide."""

GRID = (60, 80)
CELLS = np.zeros(GRID, np.bool_)
CELLS[TOP // CELL : (TOP + SIDE) // CELL + 1, LEFT // CELL : (LEFT + SIDE) // CELL + 1] = True


def restless(level: int, *, share: float = 0.5, days: int = 1) -> Record:
    """Return what is on record of a view whose one place flickers."""
    rng = np.random.default_rng(0)
    maxima = np.zeros((days * 144, CELLS.size), np.uint8)
    maxima[np.ix_(rng.random(len(maxima)) < share, CELLS.reshape(-1))] = level
    return Record(GRID, maxima, np.zeros(len(maxima), np.uint16))


def watcher(stage: Stage, score: float, record: Record | None = None, limits: Limits = LIMITS) -> Watcher:
    """Return a watcher whose engine gives the place a score."""
    sees = SimEngine(lambda _: np.where(PLACE, np.float32(score), np.float32(0.0)))
    return Watcher(CAMERA, limits, sees, stage.clock, reference=reference(), record=record)


def told(one: Watcher, frames: Iterable[Frame]) -> list[str]:
    """Return what the frames led to."""
    return [event.event_type.value for frame in frames for event in one.see(frame).events]


def test_a_place_that_flickers_by_itself_must_stand_out_more() -> None:
    stage = Stage()
    one = watcher(stage, 0.7, restless(32))
    assert told(one, stage.frames(3.0)) == []


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        pytest.param(32, Reason.RAISED, id="raised"),
        pytest.param(200, Reason.RESTLESS, id="given-up"),
    ],
)
def test_whoever_asks_why_it_was_silent_is_told(level: int, reason: Reason) -> None:
    stage = Stage()
    one = watcher(stage, 0.7, restless(level))
    frame = stage.frame()
    moment = Moment(CAMERA, frame.taken, one.view, one.threshold, frame, one.see(frame).look, one.reference)
    glance = glance_of(moment, COUNTS, spots=(), blind=np.zeros(GRID, np.uint8))
    assert why_not([glance], place=(LEFT + SIDE / 2, TOP + SIDE / 2)).reason is reason


def test_without_a_record_the_same_is_told() -> None:
    stage = Stage()
    assert told(watcher(stage, 0.7), stage.frames(3.0)) == ["change_started"]


def test_what_stands_out_more_than_the_place_ever_did_is_told_with_the_threshold_of_the_place() -> None:
    stage = Stage()
    one = watcher(stage, 0.99, restless(32))
    events = [event for frame in stage.frames(3.0) for event in one.see(frame).events]
    assert [event.event_type.value for event in events] == ["change_started"]
    assert one.threshold < 0.7 < events[0].threshold < 0.99


def test_an_open_change_does_not_end_because_its_place_is_raised() -> None:
    stage = Stage()
    first = watcher(stage, 0.7)
    told(first, stage.frames(3.0))
    sees = SimEngine(lambda _: np.where(PLACE, np.float32(0.7), np.float32(0.0)))
    one = Watcher(
        CAMERA,
        LIMITS,
        sees,
        stage.clock,
        reference=reference(),
        changes=first.changes,
        serial=1,
        record=restless(32),
    )
    assert told(one, stage.frames(6.0)) == []
    assert [change.status for change in one.changes] == [ChangeStatus.OPEN]


def test_a_place_that_would_need_too_much_is_not_watched_and_that_is_said() -> None:
    stage = Stage()
    one = watcher(stage, 0.999, restless(200))
    assert told(one, stage.frames(3.0)) == []
    assert one.calibration is not None
    assert one.calibration.unwatchable == pytest.approx(CELLS.mean())


def test_a_record_of_another_grid_is_left_alone() -> None:
    stage = Stage()
    one = watcher(stage, 0.7, Record.empty((2, 2)).with_block(np.full(4, 99, np.uint8), 0))
    assert one.calibration is not None
    assert (one.calibration.days, one.calibration.raised) == (0.0, 0.0)


def test_a_generous_budget_raises_nothing() -> None:
    stage = Stage()
    one = watcher(stage, 0.7, restless(32), replace(LIMITS, false_alarms_per_day=1000.0))
    assert told(one, stage.frames(3.0)) == ["change_started"]


def test_an_hour_of_watching_is_stored_and_counts_what_was_told() -> None:
    stage = Stage(fps=0.25)
    limits = replace(LIMITS, confirm=(1, 1))
    one = watcher(stage, 0.9, limits=limits)
    records = [
        seen.learned.record for seen in map(one.see, stage.frames(3700.0)) if seen.learned.record is not None
    ]
    assert [len(record.maxima) for record in records] == [6]
    assert records[0].told.sum() == 1
    assert records[0].maxima.max() == 0, "what stands there for an hour is no noise"


def test_while_the_scene_is_learned_there_is_no_calibration() -> None:
    stage = Stage()
    assert Watcher(CAMERA, LIMITS, SimEngine(), stage.clock, reference=None).calibration is None


def test_a_relearned_scene_begins_a_new_record() -> None:
    stage = Stage()
    one = watcher(stage, 0.0, restless(32))
    told(one, stage.frames(1.0))
    one.relearn(stage.clock.now())
    while one.reference is None:
        one.see(stage.frame())
    assert one.calibration is not None
    assert one.calibration.days == 0.0

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.core.limits import Limits
from edge.core.wire import event_payload
from edge.drivers.engine_difference import DifferenceEngine
from edge.errors import EngineError
from edge.sim.engine import SimEngine
from edge.types import Box, ChangeStatus, EndReason, EventType, ModelTag, NoFrame, View
from edge.watcher import Watcher
from tests.schema_faults import faults
from tests.stage import BARE, CAMERA, LEFT, PLACE, SIDE, THING, TOP, Stage, reference
from tests.vision.pictures import in_colour, textured, with_square

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge.ports import Engine
    from edge.seen import Seen
    from edge.types import Change, Frame, Reference

LIMITS = Limits(clear_s=2.0, update_every_s=5.0, persist_after_s=8.0, learn_s=4.0)
DARK = np.full_like(BARE, 2.0)
PERSON = with_square(BARE, 80, 40, 80, -70.0)
"""Somebody who stands before the thing."""


def watcher(
    stage: Stage,
    engine: Engine | None = None,
    *,
    known: Reference | None = None,
    limits: Limits = LIMITS,
    changes: Sequence[Change] = (),
    serial: int = 0,
) -> Watcher:
    """Return a watcher of the bare scene, or of another reference."""
    return Watcher(
        CAMERA,
        limits,
        engine or DifferenceEngine(),
        stage.clock,
        reference=known or reference(),
        changes=changes,
        serial=serial,
    )


def watched(one: Watcher, ticks: Iterable[Frame | NoFrame]) -> list[Seen]:
    """Return what each tick led to."""
    return [one.lost(tick.now) if isinstance(tick, NoFrame) else one.see(tick) for tick in ticks]


def told(seen: Iterable[Seen]) -> list[str]:
    """Return what was told, in order."""
    return [event.event_type.value for one in seen for event in one.events]


def at_a_change(stage: Stage, *, limits: Limits = LIMITS) -> Watcher:
    """Return a watcher that has told one change."""
    one = watcher(stage, limits=limits)
    assert told(watched(one, stage.frames(2.0, THING))) == ["change_started"]
    return one


# ---- learning first ----


def learned(stage: Stage, *, scene: np.ndarray[tuple[int, int], np.dtype[np.float32]] = BARE) -> Watcher:
    """Return a watcher that has just learned its scene."""
    one = Watcher(CAMERA, LIMITS, DifferenceEngine(), stage.clock, reference=None)
    while one.reference is None:
        one.see(stage.frame(scene))
    return one


def test_without_a_reference_the_scene_is_learned_first() -> None:
    stage = Stage()
    one = Watcher(CAMERA, LIMITS, DifferenceEngine(), stage.clock, reference=None)
    assert (one.view, one.reference, one.changes, one.activity) == (View.LEARNING, None, (), False)
    assert one.score == 0.0
    seen = watched(one, stage.frames(3.0))
    assert (told(seen), one.view) == ([], View.LEARNING)
    assert all(each.look is None and not each.learned.references for each in seen)


def test_a_camera_that_is_lost_while_it_learns_goes_on_learning_when_it_is_back() -> None:
    stage = Stage()
    one = Watcher(CAMERA, LIMITS, DifferenceEngine(), stage.clock, reference=None)
    views = []
    for tick in (stage.frame(), stage.silence(), stage.frame()):
        watched(one, [tick])
        views.append(one.view)
    assert views == [View.LEARNING, View.LOST, View.LEARNING]


def test_what_was_learned_is_stored_and_told_once() -> None:
    stage = Stage()
    one = Watcher(CAMERA, LIMITS, DifferenceEngine(), stage.clock, reference=None)
    seen = watched(one, stage.frames(6.0))
    stored = [reference for each in seen for reference in each.learned.references]
    assert told(seen) == ["reference_updated"]
    assert stored == [one.reference]
    assert one.view is View.OK
    (event,) = (event for each in seen for event in each.events)
    assert (event.camera, event.change, event.reference) == (CAMERA, None, ("day-1", "day"))
    assert (event.frame_size, event.view, event.captured_ns) == ((240, 180), View.OK, stored[0].taken_ns)


def test_after_learning_a_change_is_told() -> None:
    stage = Stage()
    assert told(watched(learned(stage), stage.frames(2.0, THING))) == ["change_started"]


def test_with_a_stored_reference_nothing_is_learned_anew() -> None:
    stage = Stage()
    one = watcher(stage)
    assert (one.view, one.reference is not None) == (View.OK, True)
    assert told(watched(one, stage.frames(2.0, THING))) == ["change_started"]


# ---- a change ----


def test_a_change_is_told_with_all_that_is_known_of_it() -> None:
    stage = Stage()
    one = watcher(stage, limits=replace(LIMITS, sensitivity=0.6))
    seen = watched(one, stage.frames(2.0, np.roll(THING, 2, axis=1)))
    ((event, look),) = ((event, each.look) for each in seen for event in each.events)
    assert look is not None
    assert event.change is not None
    assert (event.event_type, event.camera) == (EventType.CHANGE_STARTED, CAMERA)
    assert (event.change.change_id, event.change.camera) == ("shelf-1", CAMERA)
    assert (event.captured_ns, event.shift_px) == (look.taken.wall_ns, look.shift_px)
    assert event.shift_px == pytest.approx((2.0, 0.0), abs=0.2)
    assert event.threshold == pytest.approx(one.threshold)
    assert one.threshold < 0.5
    assert (event.model, event.view) == (ModelTag("difference", "1", "cpu"), View.OK)
    assert one.model == event.model
    assert event.infer_ms == look.infer_ms


def test_a_change_is_in_the_rows_and_among_those_that_are_open() -> None:
    stage = Stage()
    one = watcher(stage)
    seen = watched(one, stage.frames(2.0, THING))
    rows = [row for each in seen for row in each.rows]
    assert [row.change_id for row in rows] == ["shelf-1"]
    assert [change.change_id for change in one.changes] == ["shelf-1"]


@pytest.mark.parametrize("gain", [0.6, 0.8, 1.2])
def test_a_change_of_the_light_alone_is_silent(gain: float) -> None:
    stage = Stage()
    one = watcher(stage)
    ramp = [stage.frame(gain=1.0 + (gain - 1.0) * step / 5) for step in range(6)]
    assert told(watched(one, [*ramp, *stage.frames(4.0, gain=gain)])) == []


@pytest.mark.parametrize("gain", [0.6, 1.2])
def test_a_change_that_comes_with_the_light_is_told(gain: float) -> None:
    stage = Stage()
    one = watcher(stage)
    seen = watched(one, [*stage.frames(1.0), *stage.frames(3.0, THING, gain=gain)])
    assert told(seen) == ["change_started"]


def test_a_change_that_goes_is_ended_after_clear_s() -> None:
    stage = Stage()
    one = at_a_change(stage)
    assert told(watched(one, stage.frames(1.8))) == []
    assert told(watched(one, stage.frames(1.0))) == ["change_ended"]
    assert one.changes == ()


def test_the_score_is_that_of_the_strongest_region_or_of_the_strongest_pixel() -> None:
    stage = Stage()
    one = watcher(stage)
    one.see(stage.frame())
    assert 0.0 < one.score < 0.4
    one.see(stage.frame(THING))
    assert one.score > 0.6


def test_of_several_regions_the_strongest_gives_the_score() -> None:
    stage = Stage()
    scores = np.where(PLACE, np.float32(0.9), np.float32(0.1))
    scores[10:30, 10:60] = 0.6
    one = watcher(stage, SimEngine(lambda _: scores))
    one.see(stage.frame())
    assert one.score == pytest.approx(0.9)


# ---- what moves ----


def test_what_walks_by_is_activity_and_no_event() -> None:
    stage = Stage()
    one = watcher(stage)
    walk = [with_square(BARE, 4 * step, 60, 40, -60.0) for step in range(45)]
    seen = watched(one, (stage.frame(scene) for scene in walk))
    assert (told(seen), one.activity) == ([], True)


def test_in_a_quiet_view_there_is_no_activity() -> None:
    stage = Stage()
    one = watcher(stage)
    watched(one, stage.frames(2.0))
    assert not one.activity


def test_activity_passes_also_while_the_camera_is_lost() -> None:
    stage = Stage()
    one = watcher(stage)
    watched(one, [stage.frame(with_square(BARE, 8 * step, 60, 40, -60.0)) for step in range(10)])
    one.lost(stage.silence(1.0).now)
    assert one.activity
    one.lost(stage.silence(2.0).now)
    assert not one.activity


def test_activity_is_held_for_two_seconds() -> None:
    stage = Stage()
    one = watcher(stage)
    watched(one, [stage.frame(with_square(BARE, 8 * step, 60, 40, -60.0)) for step in range(10)])
    watched(one, stage.frames(1.8))
    assert one.activity
    watched(one, stage.frames(0.4))
    assert not one.activity


def test_somebody_before_a_change_only_suspends_it() -> None:
    stage = Stage()
    one = at_a_change(stage)
    seen = watched(one, [stage.frame(with_square(THING, 6 * n, 60, 60, -70.0)) for n in range(30)])
    assert told(seen) == []
    suspended = [row for each in seen for row in each.rows if row.status is ChangeStatus.SUSPENDED]
    assert suspended
    watched(one, stage.frames(1.0, THING))
    assert [change.status for change in one.changes] == [ChangeStatus.OPEN]


# ---- a view that is lost ----


def test_a_lost_camera_suspends_and_is_told_once() -> None:
    stage = Stage()
    one = at_a_change(stage)
    seen = watched(one, [stage.silence() for _ in range(20)])
    assert (told(seen), one.view) == (["view_alert"], View.LOST)
    assert [row.status for each in seen for row in each.rows] == [ChangeStatus.SUSPENDED]


def test_when_the_camera_is_back_the_change_is_not_told_again() -> None:
    stage = Stage()
    one = at_a_change(stage)
    watched(one, [stage.silence() for _ in range(5)])
    assert told(watched(one, stage.frames(3.0, THING))) == ["view_alert"]
    assert (one.view, [change.status for change in one.changes]) == (View.OK, [ChangeStatus.OPEN])


def test_a_dark_view_is_reported_and_suspends() -> None:
    stage = Stage()
    one = at_a_change(stage)
    assert told(watched(one, stage.frames(5.0, DARK))) == ["view_alert"]
    assert (one.view, [change.status for change in one.changes]) == (View.DARK, [ChangeStatus.SUSPENDED])


def test_a_dead_engine_changes_nothing() -> None:
    stage, engine = Stage(), SimEngine(lambda _: np.where(PLACE, np.float32(0.9), np.float32(0.0)))
    one = watcher(stage, engine)
    watched(one, stage.frames(2.0))
    before = one.changes
    engine.dead = True
    with pytest.raises(EngineError):
        one.see(stage.frame())
    assert one.changes == before
    engine.dead = False
    assert told(watched(one, stage.frames(1.0))) == []


# ---- accepting ----


def accepted(one: Watcher, stage: Stage, change_id: str = "shelf-1") -> Seen:
    """Accept a change now."""
    seen = one.accept(change_id, stage.clock.now())
    assert seen is not None
    return seen


def test_an_accepted_change_ends_and_the_new_reference_is_told_and_stored() -> None:
    stage = Stage()
    one = at_a_change(stage)
    seen = accepted(one, stage)
    assert told([seen]) == ["change_ended", "reference_updated"]
    (ended, updated) = seen.events
    assert ended.change is not None
    assert (ended.change.end_reason, updated.change) == ("accepted", None)
    assert [row.change_id for row in seen.rows] == ["shelf-1"]
    assert seen.learned.references == (one.reference,)
    assert one.changes == ()


@pytest.mark.parametrize("gain", [0.6, 1.0, 1.2])
@pytest.mark.parametrize("later", [0.6, 1.0, 1.2])
def test_an_accepted_place_is_normal_from_then_on_in_any_light(gain: float, later: float) -> None:
    stage = Stage()
    one = watcher(stage)
    assert told(watched(one, stage.frames(2.0, THING, gain=gain))) == ["change_started"]
    accepted(one, stage)
    assert told(watched(one, stage.frames(3.0, THING, gain=later))) == []
    assert one.score < 0.4


def test_what_was_normal_before_is_a_change_once_another_state_was_accepted() -> None:
    stage = Stage()
    one = at_a_change(stage)
    accepted(one, stage)
    assert told(watched(one, stage.frames(2.0, BARE))) == ["change_started"]
    assert [change.change_id for change in one.changes] == ["shelf-2"]


def test_an_accepted_place_is_patched_where_the_reference_has_it() -> None:
    stage = Stage()
    one = watcher(stage)
    watched(one, stage.frames(2.0, np.roll(THING, 4, axis=1)))
    accepted(one, stage)
    assert one.reference is not None
    assert np.abs(one.reference.pixels.astype(np.int16) - in_colour(THING, noise=0.0))[PLACE].mean() < 12.0
    assert told(watched(one, stage.frames(3.0, THING))) == []


def test_only_the_accepted_place_and_its_edge_become_the_reference() -> None:
    stage = Stage()
    one = at_a_change(stage)
    accepted(one, stage)
    assert one.reference is not None
    around = np.zeros_like(PLACE)
    around[TOP - 8 : TOP + SIDE + 8, LEFT - 8 : LEFT + SIDE + 8] = True
    assert np.array_equal(one.reference.pixels[~around], reference().pixels[~around])
    edge = one.reference.pixels[TOP - 3, LEFT + 5]
    assert not np.array_equal(edge, reference().pixels[TOP - 3, LEFT + 5])


def test_accepting_what_is_unknown_changes_nothing() -> None:
    stage = Stage()
    one = at_a_change(stage)
    seen = accepted(one, stage, "shelf-9")
    assert (seen.rows, seen.events, seen.learned.references) == ((), (), ())
    assert len(one.changes) == 1


def test_while_the_view_cannot_be_judged_accepting_has_to_wait() -> None:
    stage = Stage()
    one = at_a_change(stage)
    one.see(stage.frame(DARK))
    assert one.accept("shelf-1", stage.clock.now()) is None
    assert len(one.changes) == 1
    watched(one, stage.frames(0.2, THING))
    assert told([accepted(one, stage)]) == ["change_ended", "reference_updated"]


def test_while_the_camera_is_lost_accepting_has_to_wait() -> None:
    stage = Stage()
    one = at_a_change(stage)
    watched(one, [stage.silence() for _ in range(3)])
    assert one.accept("shelf-1", stage.clock.now()) is None


def test_while_somebody_stands_before_the_change_accepting_has_to_wait() -> None:
    stage = Stage()
    one = at_a_change(stage)
    watched(one, stage.frames(0.4, PERSON))
    assert [change.status for change in one.changes] == [ChangeStatus.SUSPENDED]
    assert one.accept("shelf-1", stage.clock.now()) is None


def test_somebody_before_one_change_does_not_keep_another_from_being_accepted() -> None:
    stage = Stage()
    two = with_square(THING, 10, 10, SIDE, 60.0)
    one = watcher(stage)
    watched(one, stage.frames(2.0, two))
    hidden, free = sorted(one.changes, key=lambda change: -change.mask.box.left)
    watched(one, stage.frames(0.4, with_square(two, 80, 40, 80, -70.0)))
    assert one.accept(hidden.change_id, stage.clock.now()) is None
    assert told([accepted(one, stage, free.change_id)]) == ["change_ended", "reference_updated"]


def test_before_anything_was_seen_accepting_has_to_wait() -> None:
    stage = Stage()
    (change,) = at_a_change(stage).changes
    one = watcher(stage, changes=[change], serial=1)
    assert one.accept("shelf-1", stage.clock.now()) is None


# ---- absorbing ----


def test_an_absorbed_place_is_normal_from_then_on_and_stored() -> None:
    stage = Stage()
    one = watcher(stage, limits=replace(LIMITS, absorb_s=4.0))
    seen = watched(one, stage.frames(10.0, THING))
    assert told(seen) == ["change_started", "change_ended", "reference_updated"]
    assert [reference for each in seen for reference in each.learned.references] == [one.reference]
    assert (one.changes, one.score < 0.4) == ((), True)


def test_persistent_is_told_of_an_open_change_also_in_the_look_that_absorbs_it() -> None:
    stage = Stage()
    one = watcher(stage, limits=replace(LIMITS, absorb_s=4.0, persist_after_s=4.0))
    events = [event for each in watched(one, stage.frames(10.0, THING)) for event in each.events]
    (persistent,) = (event for event in events if event.event_type is EventType.CHANGE_PERSISTENT)
    assert persistent.change is not None
    assert (persistent.change.status, persistent.change.ended_ns) == (ChangeStatus.OPEN, None)


def test_how_long_a_change_has_been_open_reaches_the_ledger_now_and_then() -> None:
    stage = Stage(fps=0.2)
    one = watcher(stage)
    seen = watched(one, stage.frames(1500.0, THING))
    quiet = [row.persisted_s for each in seen if not each.events for row in each.rows]
    assert len(quiet) == 2
    assert quiet[1] - quiet[0] == 600.0


# ---- after a restart ----


def test_a_change_that_was_open_stays_open_under_its_id_and_is_not_told_again() -> None:
    stage = Stage()
    (change,) = at_a_change(stage).changes
    one = watcher(stage, changes=[change], serial=1)
    assert [open_one.change_id for open_one in one.changes] == ["shelf-1"]
    assert told(watched(one, stage.frames(3.0, THING))) == []
    assert told(watched(one, stage.frames(3.0, BARE))) == ["change_ended"]


def test_numbers_go_on_after_a_restart() -> None:
    stage = Stage()
    one = watcher(stage, serial=41)
    watched(one, stage.frames(2.0, THING))
    assert [change.change_id for change in one.changes] == ["shelf-42"]


def test_a_change_outside_the_picture_is_not_taken_up_again() -> None:
    stage = Stage()
    (change,) = at_a_change(stage).changes
    small = reference(textured(seed=2, height=60, width=80))
    assert watcher(stage, known=small, changes=[change], serial=1).changes == ()


@pytest.mark.parametrize(
    "known", [None, reference(textured(seed=2, height=60, width=80))], ids=["no-reference", "another-size"]
)
@pytest.mark.parametrize("filmed", [True, False], ids=["a-frame", "silence"])
def test_a_change_that_cannot_be_taken_up_again_ends_with_the_first_look(
    known: Reference | None, *, filmed: bool
) -> None:
    stage = Stage()
    (change,) = at_a_change(stage).changes
    one = Watcher(
        CAMERA, LIMITS, DifferenceEngine(), stage.clock, reference=known, changes=[change], serial=1
    )
    first, second = watched(one, [stage.frame() if filmed else stage.silence(), stage.frame()])
    assert (told([first]), told([second])) == (["change_ended"], [])
    (row,) = first.rows
    assert (row.change_id, row.status, row.end_reason) == (
        "shelf-1",
        ChangeStatus.ENDED,
        EndReason.ABSORBED,
    )
    payload = event_payload(
        first.events[0],
        device="bench1",
        epoch="5eed0001",
        seq=1,
        boot="b",
        ts_ns=stage.clock.now().wall_ns,
        clock_synced=True,
    )
    assert faults("event", payload) == []
    assert json.loads(payload)["regions"] == []


def test_a_change_that_cannot_be_taken_up_ends_also_where_the_engine_fails_first() -> None:
    stage = Stage()
    (change,) = at_a_change(stage).changes
    engine = SimEngine()
    engine.dead = True
    gone = replace(change, mask=replace(change.mask, box=Box(900, 900, 920, 920)))
    one = watcher(stage, engine, changes=[gone], serial=1)
    with pytest.raises(EngineError):
        one.see(stage.frame())
    assert told([one.lost(stage.clock.now())]) == ["change_ended"]


# ---- going on learning ----


def test_a_place_that_was_never_still_is_learned_later_and_stored() -> None:
    stage = Stage(fps=1.0)
    one = watcher(stage, known=reference(learned=~PLACE))
    seen = watched(one, stage.frames(25.0))
    stored = [reference for each in seen for reference in each.learned.references]
    assert told(seen) == []
    assert stored == [one.reference]
    assert stored[0].learned.all()


def test_what_is_learned_bit_by_bit_is_stored_every_ten_minutes() -> None:
    stage = Stage(fps=1.0)
    left, right = PLACE.copy(), np.zeros_like(PLACE)
    right[:10, -10:] = True
    one = watcher(stage, known=reference(learned=~(left | right)))
    restless = BARE.copy()
    seen: list[Seen] = []
    for second in range(700):
        # One corner keeps flickering until the place is long known, then it rests too.
        restless[right] = BARE[right] + (80.0 * (second % 2) if second < 60 else 0.0)
        seen += watched(one, stage.frames(1.0, restless))
    at_s = [second for second, each in enumerate(seen) if each.learned.references]
    assert one.reference is not None
    assert one.reference.learned.all()
    assert len(at_s) == 2
    assert at_s[1] - at_s[0] == 600


def test_the_place_of_an_open_change_is_not_learned() -> None:
    stage = Stage(fps=1.0)
    half = PLACE.copy()
    half[:, : LEFT + SIDE // 2] = False
    one = watcher(stage, known=reference(learned=~half))
    watched(one, stage.frames(25.0, THING))
    assert one.reference is not None
    (change,) = one.changes
    box = change.mask.box
    unknown = half[box.top : box.bottom, box.left : box.right] & change.mask.bits
    assert unknown.any()
    assert not one.reference.learned[box.top : box.bottom, box.left : box.right][unknown].any()
    assert one.reference.learned.sum() > (~half).sum()


def test_a_place_learned_later_in_dim_light_is_silent_in_any_light() -> None:
    stage = Stage(fps=1.0)
    one = watcher(stage, known=reference(learned=~PLACE))
    seen = watched(one, [*stage.frames(25.0, gain=0.6), *stage.frames(10.0, gain=1.0)])
    assert told(seen) == []

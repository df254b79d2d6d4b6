"""Orders: learn anew, arm, disarm; and places that are never judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edge.drivers.engine_difference import DifferenceEngine
from edge.types import ChangeStatus, EndReason, Post, View
from edge.watcher import Watcher
from tests.stage import BARE, CAMERA, LEFT, PLACE, SIDE, THING, TOP, Stage, reference
from tests.test_watcher import LIMITS, at_a_change, told, watched, watcher
from tests.vision.pictures import HEIGHT, WIDTH, with_square

DARK = np.full_like(BARE, 2.0)
AROUND_THE_THING = tuple(
    (x / WIDTH, y / HEIGHT)
    for x, y in (
        (LEFT - 5, TOP - 5),
        (LEFT + SIDE + 5, TOP - 5),
        (LEFT + SIDE + 5, TOP + SIDE + 5),
        (LEFT - 5, TOP + SIDE + 5),
    )
)

# ---- relearn ----


def test_learning_anew_accepts_what_is_open_and_tells_the_new_reference() -> None:
    stage = Stage()
    one = at_a_change(stage)
    seen = one.relearn(stage.clock.now())
    assert (told([seen]), seen.forget, one.view) == (["change_ended"], True, View.LEARNING)
    (event,) = seen.events
    assert event.change is not None
    assert event.change.end_reason is EndReason.ACCEPTED
    after = watched(one, stage.frames(8.0, THING))
    assert told(after) == ["reference_updated"]
    assert (one.changes, one.view) == ((), View.OK)


def test_after_learning_anew_numbers_go_on() -> None:
    stage = Stage()
    one = at_a_change(stage)
    one.relearn(stage.clock.now())
    watched(one, stage.frames(8.0, THING))
    watched(one, stage.frames(2.0, BARE))
    assert [change.change_id for change in one.changes] == ["shelf-2"]


# ---- disarm, arm ----


def test_disarming_ends_what_is_open_and_tells_nothing_more() -> None:
    stage = Stage()
    one = at_a_change(stage)
    seen = one.disarm(stage.clock.now())
    assert (told([seen]), seen.post, one.armed) == (["change_ended"], Post(CAMERA, armed=False), False)
    (event,) = seen.events
    assert event.change is not None
    assert event.change.end_reason is EndReason.DISARMED
    assert told(watched(one, stage.frames(4.0, with_square(THING, 20, 20, SIDE, 60.0)))) == []
    assert told(watched(one, stage.frames(4.0, DARK))) == []


def test_armed_again_what_differs_by_then_is_told() -> None:
    stage = Stage()
    one = at_a_change(stage)
    one.disarm(stage.clock.now())
    watched(one, stage.frames(2.0, THING))
    seen = one.arm()
    assert (told([seen]), seen.post) == ([], Post(CAMERA))
    assert told(watched(one, stage.frames(2.0, THING))) == ["change_started"]
    assert [change.change_id for change in one.changes] == ["shelf-2"]


def test_disarmed_nothing_is_learned() -> None:
    stage = Stage(fps=1.0)
    one = watcher(stage, known=reference(learned=~PLACE))
    one.disarm(stage.clock.now())
    seen = watched(one, stage.frames(40.0))
    assert all(not each.learned.references for each in seen)
    assert one.reference is not None
    assert not one.reference.learned[PLACE].any()


def test_disarmed_the_first_learning_waits_too() -> None:
    stage = Stage()
    one = Watcher(
        CAMERA, LIMITS, DifferenceEngine(), stage.clock, reference=None, post=Post(CAMERA, armed=False)
    )
    assert told(watched(one, stage.frames(8.0))) == []
    one.arm()
    assert told(watched(one, stage.frames(8.0))) == ["reference_updated"]


# ---- places that are never judged ----


def ignoring(stage: Stage) -> Watcher:
    limits = replace(LIMITS, max_shift_px=2.0)
    return Watcher(
        CAMERA,
        limits,
        DifferenceEngine(),
        stage.clock,
        reference=reference(),
        ignore=[AROUND_THE_THING],
    )


def test_an_ignored_place_is_never_told() -> None:
    stage = Stage()
    one = ignoring(stage)
    assert told(watched(one, stage.frames(3.0, THING))) == []
    assert one.score < 0.4


def test_beside_an_ignored_place_a_change_is_told() -> None:
    stage = Stage()
    assert told(watched(ignoring(stage), stage.frames(3.0, with_square(THING, 20, 20, SIDE, 60.0)))) == [
        "change_started"
    ]


def test_a_change_that_was_open_where_nothing_is_judged_any_more_ends_as_disarmed() -> None:
    stage = Stage()
    (change,) = at_a_change(stage).changes
    one = Watcher(
        CAMERA,
        LIMITS,
        DifferenceEngine(),
        stage.clock,
        reference=reference(),
        changes=[change],
        serial=1,
        ignore=[AROUND_THE_THING],
    )
    seen = watched(one, stage.frames(2.0, THING))
    assert told(seen) == ["change_ended"]
    assert [row.end_reason for each in seen for row in each.rows if row.status is ChangeStatus.ENDED] == [
        EndReason.DISARMED
    ]


def test_a_place_that_never_rests_does_not_keep_the_scene_from_being_learned_when_ignored() -> None:
    stage = Stage()
    half = ((0.0, 0.0), (0.6, 0.0), (0.6, 1.0), (0.0, 1.0))
    one = Watcher(
        CAMERA,
        replace(LIMITS, max_shift_px=2.0),
        DifferenceEngine(),
        stage.clock,
        reference=None,
        ignore=[half],
    )
    restless = [BARE.copy() for _ in range(4)]
    for number, scene in enumerate(restless):
        scene[:, : round(0.6 * WIDTH)] += 30.0 * number - 45.0
    seen = watched(one, (stage.frame(restless[number % 4]) for number in range(40)))
    assert told(seen) == ["reference_updated"]


# ---- sensitivity ----


def test_a_higher_sensitivity_is_in_force_at_once_and_remembered() -> None:
    stage = Stage()
    one = watcher(stage)
    before = one.threshold
    seen = one.tune(0.9)
    assert (seen.post, seen.events) == (Post(CAMERA, sensitivity=0.9), ())
    assert one.threshold < before


def test_what_only_a_higher_sensitivity_finds_is_told_after_it_was_set() -> None:
    stage = Stage()
    faint = with_square(BARE, LEFT, TOP, SIDE, 14.0)
    one = watcher(stage, limits=replace(LIMITS, sensitivity=0.0))
    assert told(watched(one, stage.frames(3.0, faint))) == []
    one.tune(1.0)
    assert told(watched(one, stage.frames(3.0, faint))) == ["change_started"]


def test_setting_the_sensitivity_ends_nothing_and_tells_nothing_twice() -> None:
    stage = Stage()
    one = at_a_change(stage)
    one.tune(0.6)
    assert told(watched(one, stage.frames(2.0, THING))) == []
    assert [change.change_id for change in one.changes] == ["shelf-1"]


def test_what_was_learned_of_other_lights_is_kept_when_the_sensitivity_is_set() -> None:
    stage = Stage()
    dim = replace(reference(BARE * 0.25), light="dim", golden=False, id="dim-1")
    one = Watcher(CAMERA, LIMITS, DifferenceEngine(), stage.clock, reference=reference(), lights=[dim])
    one.tune(0.6)
    watched(one, stage.frames(3.0, gain=0.25))
    assert one.light == "dim"


def test_while_the_scene_is_learned_the_sensitivity_can_be_set() -> None:
    stage = Stage()
    one = Watcher(CAMERA, LIMITS, DifferenceEngine(), stage.clock, reference=None)
    watched(one, stage.frames(1.0))
    one.tune(0.9)
    assert told(watched(one, stage.frames(8.0))) == ["reference_updated"]
    assert one.limits.sensitivity == 0.9

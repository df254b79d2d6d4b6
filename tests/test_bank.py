from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge.bank import MAX_LIGHTS, Bank
from edge.core.limits import Limits
from edge.sim.engine import SimEngine
from edge.types import Box, Mask, View
from tests.stage import BARE, PLACE, Stage, reference
from tests.vision.pictures import HEIGHT, WIDTH, square, textured

LIMITS = Limits(learn_s=2.0)
DIMMED = 0.25


def bank(stage: Stage, *others: str) -> Bank:
    """Return a bank with a golden reference and others for lights that are far away."""
    golden = reference()
    known = [
        replace(golden, light=name, golden=False, taken_ns=number, pixels=np.full_like(golden.pixels, 250))
        for number, name in enumerate(others)
    ]
    return Bank(SimEngine(), LIMITS, stage.clock, golden, known)


def test_a_full_bank_drops_the_light_that_was_not_used_for_longest() -> None:
    stage = Stage()
    one = bank(stage, *(f"lamp-{number}" for number in range(2, MAX_LIGHTS + 1)))
    learned = [one.look(frame, ())[1] for frame in stage.frames(14.0, gain=DIMMED)]
    (fresh,) = [each for each in learned if each.references]
    assert ([ref.light for ref in fresh.references], fresh.dropped) == (["dim"], ("lamp-2",))
    assert one.light == "dim"


def test_references_of_another_size_are_left_out() -> None:
    stage = Stage()
    small = reference(textured(seed=2, height=60, width=80))
    odd = replace(small, light="ir", golden=False)
    one = Bank(SimEngine(), LIMITS, stage.clock, reference(), [odd])
    look, _ = one.look(stage.frame(), ())
    assert (look.view, one.light) == (View.OK, "day")


def test_while_the_light_is_not_known_yet_nothing_is_believed() -> None:
    stage = Stage()
    one = bank(stage)
    one.look(stage.frame(), ())
    looks = [one.look(frame, ())[0] for frame in stage.frames(1.8, gain=DIMMED)]
    assert [(look.view, look.settled, look.regions) for look in looks] == [(View.OK, False, ())] * 9
    assert one.sight is None


def test_a_light_that_goes_again_before_it_is_known_leaves_no_trace() -> None:
    stage = Stage()
    one = bank(stage)
    dimmed = [one.look(frame, ())[1] for frame in stage.frames(3.0, gain=DIMMED)]
    assert one.light == "dim"
    bright = [one.look(frame, ())[1] for frame in stage.frames(3.0)]
    assert one.light == "day"
    assert not any(each.references for each in (*dimmed, *bright))


def test_without_leave_to_learn_no_light_is_admitted() -> None:
    stage = Stage()
    one = bank(stage)
    learned = [one.look(frame, (), learn=False)[1] for frame in stage.frames(14.0, gain=DIMMED)]
    assert (one.light, any(each.references for each in learned)) == ("day", False)


def test_while_nothing_can_be_seen_nothing_can_be_adopted() -> None:
    stage = Stage()
    one = bank(stage)
    assert one.adopt([square(100, 80, 20)], stage.clock.now()) is None
    one.look(stage.frame(), ())
    one.look(stage.frame(np.full_like(BARE, 2.0)), ())
    assert one.adopt([square(100, 80, 20)], stage.clock.now()) is None


def test_an_adopted_place_is_stale_in_every_other_light() -> None:
    stage = Stage()
    one = bank(stage, "ir", "lamp")
    one.look(stage.frame(), ())
    learned = one.adopt([Mask(Box(0, 0, WIDTH, HEIGHT), PLACE)], stage.clock.now())
    assert learned is not None
    known = {ref.light: bool(ref.learned[PLACE].any()) for ref in learned.references}
    assert known == {"day": True, "ir": False, "lamp": False}


@pytest.mark.parametrize(
    ("day_s", "is_learned"),
    [
        pytest.param(0, False, id="in-the-same-night-it-stays-unknown"),
        pytest.param(20, False, id="a-glimpse-of-the-day-settles-nothing"),
        pytest.param(40, True, id="after-a-day-it-is-learned"),
    ],
)
def test_a_place_that_was_doubtful_at_night_is_learned_once_the_day_has_been_seen(
    day_s: int, *, is_learned: bool
) -> None:
    stage = Stage(fps=1.0)
    one = bank(stage)
    for frame in stage.frames(14.0, gain=DIMMED):
        one.look(frame, [Mask(Box(0, 0, WIDTH, HEIGHT), PLACE)])
    assert one.light == "dim"
    assert not one.reference.learned[PLACE].any()
    for frame in stage.frames(day_s):
        one.look(frame, ())
    for frame in stage.frames(30.0, gain=DIMMED):
        one.look(frame, ())
    assert (one.light, bool(one.reference.learned[PLACE].all())) == ("dim", is_learned)

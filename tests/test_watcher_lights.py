"""The light changes, and perhaps something else: told is the something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.engines import default_engine
from edge.sim.script import LightStep, PartReturns, PartVanishes, TurnsInfrared
from edge.types import ChangeStatus
from tests.cinema import SCENE, film

if TYPE_CHECKING:
    from edge.seen import Seen
    from edge.sim.script import Cue
    from tests.cinema import Film

NIGHT_S = 14.0
NIGHT = TurnsInfrared(8.0, NIGHT_S)
SCREW, LABEL = 0, 2


def places(shown: Film) -> list[int]:
    """Return which parts' places were told as changed."""
    starts = [e.change for _, e in shown.told if e.event_type.value == "change_started" and e.change]
    found = []
    for change in starts:
        box = change.mask.box
        middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        found += [
            number
            for number, part in enumerate(SCENE.parts)
            if part.box.left <= middle[0] <= part.box.right and part.box.top <= middle[1] <= part.box.bottom
        ]
    return found


def accepted(shown: Film) -> Seen:
    """Accept the only change at the end of a film."""
    (change,) = shown.watcher.changes
    look = shown.seen[-1].look
    assert look is not None
    seen = shown.watcher.accept(change.change_id, look.taken)
    assert seen is not None
    return seen


@pytest.mark.parametrize(
    ("cues", "lights"),
    [
        pytest.param((LightStep(8.0, 0.6), LightStep(13.0, 1.0)), ["day"], id="dimmed-to-60-percent"),
        pytest.param((LightStep(8.0, 1.25), LightStep(13.0, 1.0)), ["day"], id="turned-up-to-125-percent"),
        pytest.param((LightStep(8.0, 0.7, warmth=0.1),), ["day"], id="a-warmer-lamp"),
        pytest.param((LightStep(8.0, 0.25), LightStep(18.0, 1.0)), ["day", "dim", "day"], id="nearly-off"),
        pytest.param((TurnsInfrared(8.0, 10.0),), ["day", "ir", "day"], id="infrared-and-back"),
    ],
)
def test_light_alone_is_silent(cues: tuple[Cue, ...], lights: list[str]) -> None:
    shown = film(*cues, seconds=22.0)
    assert (shown.events(), shown.states()) == ([], ["learning", "ok"])
    assert shown.light_states() == lights


@pytest.mark.parametrize("part", [SCREW, 1, LABEL])
def test_a_part_that_vanishes_in_the_flip_is_found_in_the_morning_at_the_latest(part: int) -> None:
    shown = film(NIGHT, PartVanishes(8.0, part), seconds=8.0 + NIGHT_S + 6.0)
    assert (shown.events(), places(shown)) == (["change_started"], [part])
    assert [change.status for change in shown.watcher.changes] == [ChangeStatus.OPEN]


def test_a_part_that_vanishes_at_night_is_found_at_night() -> None:
    shown = film(TurnsInfrared(8.0, 30.0), PartVanishes(20.0, LABEL), seconds=24.0)
    assert (shown.events(), places(shown)) == (["change_started"], [LABEL])
    assert shown.light_states() == ["day", "ir"]


def test_a_part_that_vanishes_while_the_light_steps_is_found_at_once() -> None:
    shown = film(LightStep(8.0, 0.6), PartVanishes(8.2, LABEL), seconds=12.0)
    assert (shown.events(), places(shown)) == (["change_started"], [LABEL])


def test_a_change_of_the_day_is_suspended_at_night_and_told_no_second_time() -> None:
    at_night = film(PartVanishes(7.0, LABEL), TurnsInfrared(11.0, 30.0), seconds=24.0)
    assert [change.status for change in at_night.watcher.changes] == [ChangeStatus.SUSPENDED]
    next_day = film(PartVanishes(7.0, LABEL), TurnsInfrared(11.0, 12.0), seconds=28.0)
    assert (at_night.events(), next_day.events()) == (["change_started"], ["change_started"])
    assert [change.status for change in next_day.watcher.changes] == [ChangeStatus.OPEN]


def test_a_part_that_is_put_back_at_night_has_reverted_in_the_morning() -> None:
    cues = (PartVanishes(7.0, LABEL), TurnsInfrared(11.0, 12.0), PartReturns(20.0, LABEL))
    assert film(*cues, seconds=29.0).events() == ["change_started", "change_ended"]


def test_a_known_light_is_recognized_within_a_second_or_two_also_after_a_restart() -> None:
    first = film(NIGHT, seconds=20.0)
    learned = [one for seen in first.seen for one in seen.learned.references]
    assert [(one.light, one.golden) for one in learned] == [("day", True), ("ir", False)]
    second = film(TurnsInfrared(0.0, 4.0), PartVanishes(2.0, LABEL), seconds=9.0, known=learned)
    assert second.light_states() == ["ir", "day"]
    assert [event.event_type.value for _, event in second.told] == ["change_started"]
    assert second.told[0][0] < 4.0


def test_what_is_accepted_at_night_is_normal_in_the_morning() -> None:
    first = film(NIGHT, seconds=20.0)
    known = [one for seen in first.seen for one in seen.learned.references]
    night = film(TurnsInfrared(0.0, 9.0), PartVanishes(2.0, LABEL), seconds=6.0, known=known)
    seen = accepted(night)
    morning = film(PartVanishes(0.0, LABEL), seconds=20.0, known=seen.learned.references)
    assert (morning.told, morning.light_states()) == ([], ["day"])
    assert morning.watcher.reference is not None
    box = SCENE.parts[LABEL].box
    assert morning.watcher.reference.learned[box.top : box.bottom, box.left : box.right].mean() > 0.9


def test_what_is_accepted_by_day_is_seen_anew_at_night_before_it_counts() -> None:
    first = film(NIGHT, seconds=20.0)
    known = [one for seen in first.seen for one in seen.learned.references]
    day = film(PartVanishes(1.0, LABEL), seconds=5.0, known=known)
    seen = accepted(day)
    golden, night = seen.learned.references[::-1]
    box = SCENE.parts[LABEL].box
    place = np.s_[box.top + 4 : box.bottom - 4, box.left + 4 : box.right - 4]
    assert (golden.golden, night.light) == (True, "ir")
    assert golden.learned[place].all()
    assert not night.learned[place].any()
    cues = (PartVanishes(0.0, LABEL), TurnsInfrared(2.0, 9.0))
    assert film(*cues, seconds=14.0, known=(golden, night)).told == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cues", "told"),
    [
        pytest.param((LightStep(8.0, 0.6), LightStep(11.0, 1.25)), [], id="steps"),
        pytest.param((NIGHT,), [], id="infrared-and-back"),
        pytest.param((NIGHT, PartVanishes(8.0, LABEL)), ["change_started"], id="and-a-part-vanishes"),
    ],
)
def test_the_same_with_the_network_that_is_shipped(cues: tuple[Cue, ...], told: list[str]) -> None:
    assert film(*cues, seconds=27.0, engine=default_engine()).events() == told

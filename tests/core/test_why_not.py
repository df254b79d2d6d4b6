from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.core.calibration import threshold_of
from edge.core.glances import Blind, Counts
from edge.core.why_not import Reason, why_not
from edge.types import Box, View
from tests.glances import ELSEWHERE, HERE, PLACE, THRESHOLD, a_glance, a_spot, told
from tests.samples import NOON_NS, a_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.core.glances import Glance


def seen(*, hits: int = 1, moving: float | None = 0.0, settled: bool = True) -> Glance:
    """Return a look that shows something at the place."""
    return a_glance(score=0.93, hot_px=140, spots=[a_spot(hits=hits, moving=moving)], settled=settled)


CASES = [
    pytest.param([a_glance(view=View.LOST, reason="unplugged")], Reason.LOST, id="no-frame-came"),
    pytest.param([a_glance(view=View.MOVED)], Reason.VIEW, id="the-view-had-moved"),
    pytest.param([a_glance(view=View.COVERED)], Reason.VIEW, id="the-view-was-covered"),
    pytest.param([a_glance(view=View.DARK)], Reason.VIEW, id="it-was-dark"),
    pytest.param([a_glance(view=View.LEARNING)], Reason.LEARNING, id="it-was-still-learning"),
    pytest.param([a_glance(armed=False)], Reason.DISARMED, id="it-was-disarmed"),
    pytest.param([a_glance(known=[told()])], Reason.TOLD, id="it-was-told-already"),
    pytest.param(
        [a_glance(known=[told(ELSEWHERE)])], Reason.BELOW_THRESHOLD, id="told-elsewhere-is-not-told"
    ),
    pytest.param([a_glance(blind=Blind.PRIVATE)], Reason.PRIVATE, id="the-place-is-private"),
    pytest.param([a_glance(blind=Blind.IGNORED)], Reason.IGNORED, id="the-place-is-ignored"),
    pytest.param([a_glance(blind=Blind.NEVER_LEARNED)], Reason.NEVER_LEARNED, id="never-learned"),
    pytest.param([a_glance(blind=Blind.OUTSIDE)], Reason.OUTSIDE, id="outside"),
    pytest.param([a_glance(blind=Blind.RESTLESS)], Reason.RESTLESS, id="the-place-is-too-restless"),
    pytest.param(
        [a_glance(score=0.8, hot_px=99, blind=Blind.RAISED)], Reason.RAISED, id="more-is-asked-there"
    ),
    pytest.param(
        [a_glance(score=0.41, blind=Blind.RAISED)], Reason.BELOW_THRESHOLD, id="below-even-the-usual"
    ),
    pytest.param([a_glance()], Reason.BELOW_THRESHOLD, id="nothing-was-seen"),
    pytest.param([a_glance(score=0.41)], Reason.BELOW_THRESHOLD, id="below-the-threshold"),
    pytest.param([a_glance(score=0.8, hot_px=9)], Reason.TOO_SMALL, id="too-small"),
    pytest.param(
        [a_glance(score=0.93, hot_px=140, spots=[a_spot(ELSEWHERE)])], Reason.TOO_SMALL, id="large-elsewhere"
    ),
    pytest.param([seen(settled=False)], Reason.UNSETTLED, id="the-light-was-changing"),
    pytest.param([seen(hits=0, moving=0.8)], Reason.MOVING, id="it-moved"),
    pytest.param([seen(hits=0, moving=None)], Reason.MOVING, id="nobody-knew-whether-it-moved"),
    pytest.param([seen(hits=2)], Reason.NOT_CONFIRMED, id="not-often-enough"),
    pytest.param([seen(hits=0, moving=0.8), seen(hits=1)], Reason.NOT_CONFIRMED, id="rested-only-once"),
    pytest.param([seen(hits=3)], Reason.UNEXPLAINED, id="nothing-explains-it"),
    pytest.param([a_glance(view=View.LOST), seen(hits=2)], Reason.NOT_CONFIRMED, id="lost-only-at-first"),
    pytest.param([a_glance(armed=False), a_glance()], Reason.BELOW_THRESHOLD, id="disarmed-only-at-first"),
]


@pytest.mark.parametrize(("glances", "reason"), CASES)
def test_the_first_reason_that_holds_is_given(glances: Sequence[Glance], reason: Reason) -> None:
    assert why_not(glances, place=PLACE).reason is reason


def test_every_reason_has_a_case() -> None:
    without_looks = {Reason.OUT_OF_REACH, Reason.NOT_LOOKED}
    assert {case.values[1] for case in CASES} == set(Reason) - without_looks


@pytest.mark.parametrize(
    ("oldest_ns", "reason"),
    [
        pytest.param(None, Reason.OUT_OF_REACH, id="nothing-is-kept"),
        pytest.param(NOON_NS + 1, Reason.OUT_OF_REACH, id="what-is-kept-begins-later"),
        pytest.param(NOON_NS - 1, Reason.NOT_LOOKED, id="nobody-looked"),
    ],
)
def test_without_looks_it_matters_how_far_they_reach_back(oldest_ns: int | None, reason: Reason) -> None:
    assert why_not([], place=PLACE, oldest_ns=oldest_ns, until_ns=NOON_NS).reason is reason


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        pytest.param((399.0, 199.0), Reason.NOT_CONFIRMED, id="a-cell-away"),
        pytest.param((430.0, 230.0), Reason.BELOW_THRESHOLD, id="further-away"),
        pytest.param(None, Reason.NOT_CONFIRMED, id="anywhere"),
        pytest.param((959.0, 539.0), Reason.BELOW_THRESHOLD, id="the-last-corner"),
        pytest.param((2000.0, 10.0), Reason.OUTSIDE, id="beyond-the-picture"),
    ],
)
def test_people_point_with_a_cells_precision(place: tuple[float, float] | None, reason: Reason) -> None:
    assert why_not([seen(hits=2)], place=place).reason is reason


def test_the_ledger_knows_what_was_told_too() -> None:
    verdict = why_not([a_glance()], place=PLACE, told=[a_change("shelf-7", box=HERE)])
    assert (verdict.reason, verdict.change_ids) == (Reason.TOLD, ("shelf-7",))


def test_a_change_of_the_ledger_elsewhere_explains_nothing() -> None:
    verdict = why_not([a_glance()], place=PLACE, told=[a_change(box=Box(0, 0, 9, 9))])
    assert verdict.reason is Reason.BELOW_THRESHOLD


def test_all_figures_come_with_the_reason() -> None:
    glances = [a_glance(score=0.41), seen(hits=2), a_glance(view=View.LOST)]
    verdict = why_not(glances, place=PLACE)
    assert (verdict.looks, verdict.judged, verdict.views[0]) == (3, 2, (View.OK, 2))
    assert (verdict.score, verdict.area_px, verdict.hits, verdict.moving) == (0.93, 140, 2, 0.0)
    assert verdict.at is glances[1]
    assert verdict.counts == glances[1].counts


@pytest.mark.parametrize("score", [0.5, 0.6, 0.68])
def test_the_sensitivity_that_would_have_been_enough_is_enough(score: float) -> None:
    own = 0.66
    counts = Counts(threshold_of(0.4, at=own), 0.4, (3, 5), 18.0)
    enough = why_not([replace(a_glance(score=score), counts=counts)], place=PLACE).enough
    assert enough is not None
    assert threshold_of(enough, at=own) <= score + 0.002
    assert threshold_of(enough - 0.02, at=own) > score


def test_there_may_be_no_sensitivity_that_is_enough() -> None:
    verdict = why_not([a_glance(score=0.2)], place=PLACE)
    assert (verdict.reason, verdict.enough) == (Reason.BELOW_THRESHOLD, None)


def test_what_counted_needs_no_other_sensitivity() -> None:
    assert why_not([a_glance(score=THRESHOLD + 0.01, hot_px=4)], place=PLACE).enough is None

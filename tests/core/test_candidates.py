"""From regions in single looks to ``change_started``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.core.rules import advance
from edge.types import ChangeStatus, EventType, Kind
from tests.core.looks import (
    ELSEWHERE,
    ENDED,
    LIMITS,
    NEW,
    PLACE,
    STARTED,
    block,
    instant,
    live,
    look,
    moving,
    shown,
    square,
    still,
    the_only,
    unwatched,
)

# ---- from candidate to change_started ----


@pytest.mark.parametrize(
    ("hits", "started"),
    [
        pytest.param("x", [], id="one-look-is-not-enough"),
        pytest.param("xx", [], id="nor-are-two"),
        pytest.param("xxx", [2], id="three-are"),
        pytest.param("x.x.x", [4], id="three-of-five-are-enough-when-it-flickers"),
        pytest.param("x..x.x", [], id="three-of-six-are-not"),
        pytest.param("x..x.xx", [6], id="the-window-slides"),
        pytest.param("x....x....x....x", [], id="what-shows-now-and-then-is-never-told"),
        pytest.param("xxxxxxxx", [2], id="it-is-told-once"),
    ],
)
def test_a_change_is_told_after_m_of_n_looks(hits: str, started: list[int]) -> None:
    looks = [look(float(second), *([still(PLACE)] if hit == "x" else [])) for second, hit in enumerate(hits)]
    _, told = live(NEW, looks, LIMITS)
    assert told == [(float(second), STARTED, "shelf-1") for second in started]


def test_one_look_can_be_made_enough() -> None:
    _, told = live(NEW, [look(0, still(PLACE))], replace(LIMITS, confirm=(1, 1)))
    assert told == [(0.0, STARTED, "shelf-1")]


def test_a_change_started_says_what_its_looks_showed() -> None:
    last = still(square(11, 10, 10), kind=Kind.DISAPPEARED, score=0.7)
    outcome = advance(live(NEW, shown(0, 1, still(PLACE)), LIMITS)[0], look(2, last), LIMITS)
    ((event, change),) = outcome.told
    assert (event, change.status, change.camera) == (EventType.CHANGE_STARTED, ChangeStatus.OPEN, "shelf")
    assert (change.mask, change.kind, change.score) == (last.mask, Kind.DISAPPEARED, 0.7)
    assert (change.started_ns, change.seen_ns) == (instant(0).wall_ns, instant(2).wall_ns)
    assert (change.persisted_s, change.persistent, change.ended_ns) == (2.0, False, None)


@pytest.mark.parametrize(
    ("step_px", "count"),
    [
        pytest.param(0, 1, id="what-stays-is-told"),
        pytest.param(1, 1, id="what-trembles-by-a-pixel-is-told"),
        pytest.param(6, 0, id="what-wanders-is-not"),
    ],
)
def test_a_change_must_stay_in_its_place(step_px: int, count: int) -> None:
    looks = [look(float(n), still(square(5 + n * step_px, 10, 10))) for n in range(3)]
    assert len(live(NEW, looks, LIMITS)[1]) == count


def test_what_creeps_is_measured_from_where_it_was_first_seen_still() -> None:
    creeping = [look(float(n), still(square(5 + 3 * n, 10, 10))) for n in range(9)]
    one_place = replace(LIMITS, confirm=(4, 5))
    assert live(NEW, creeping, one_place)[1] == []


def test_two_looks_are_at_one_thing_when_they_share_two_fifths_of_their_pixels() -> None:
    four_tenths = [still(block(0, 0, 10, 10)), still(block(0, 0, 4, 10)), still(block(0, 0, 10, 10))]
    less = [still(block(0, 0, 10, 10)), still(block(0, 0, 10, 3)), still(block(0, 0, 10, 10))]
    by = replace(LIMITS, confirm=(3, 3))
    assert len(live(NEW, [look(float(n), r) for n, r in enumerate(four_tenths)], by)[1]) == 1
    assert live(NEW, [look(float(n), r) for n, r in enumerate(less)], by)[1] == []


# ---- what moves ----


def test_what_moves_is_activity_and_never_an_event() -> None:
    watch = NEW
    for second in range(30):
        outcome = advance(watch, look(float(second), moving(PLACE)), LIMITS)
        watch = outcome.watch
        assert (outcome.told, outcome.rows, outcome.activity) == ((), (), True)


def test_what_stands_still_is_no_activity() -> None:
    assert not advance(NEW, look(0, still(PLACE)), LIMITS).activity


def test_one_thing_that_moves_among_others_is_activity() -> None:
    assert advance(NEW, look(0, still(PLACE), moving(ELSEWHERE)), LIMITS).activity


@pytest.mark.parametrize(
    ("share", "events"),
    [
        pytest.param(0.29, 1, id="a-little-unrest-within-is-still"),
        pytest.param(0.3, 0, id="three-tenths-of-it-is-moving"),
    ],
)
def test_how_much_of_a_region_may_move(share: float, events: int) -> None:
    told = live(NEW, shown(0, 5, moving(PLACE, share=share)), LIMITS)[1]
    assert len(told) == events
    assert advance(NEW, look(0, moving(PLACE, share=share)), LIMITS).activity is (events == 0)


def test_what_comes_to_rest_is_told_and_dated_from_its_rest() -> None:
    watch, told = live(NEW, shown(0, 3, moving(PLACE)) + shown(4, 6, still(PLACE)), LIMITS)
    assert told == [(6.0, STARTED, "shelf-1")]
    assert (the_only(watch).started_ns, the_only(watch).persisted_s) == (instant(4).wall_ns, 2.0)


@pytest.mark.parametrize(
    ("rests_s", "dated_s"),
    [
        pytest.param(0.5, 0.0, id="after-half-a-second-from-its-first-look"),
        pytest.param(1.0, 0.0, id="after-a-second-still"),
        pytest.param(1.25, 1.25, id="after-more-from-its-rest"),
    ],
)
def test_from_when_on_a_thing_that_came_is_counted(rests_s: float, dated_s: float) -> None:
    arriving = [look(quarter / 4, moving(PLACE)) for quarter in range(round(rests_s * 4))]
    resting = [look(rests_s + quarter / 4, still(PLACE)) for quarter in range(3)]
    watch, told = live(NEW, arriving + resting, LIMITS)
    assert told == [(rests_s + 0.5, STARTED, "shelf-1")]
    assert the_only(watch).started_ns == instant(dated_s).wall_ns


def test_what_drifts_in_within_a_second_is_dated_from_its_first_look() -> None:
    drifting = [look(tenth / 10, moving(square(5 + 3 * tenth, 10, 10))) for tenth in range(3)]
    resting = [look(0.3 + tenth / 10, still(square(14, 10, 10))) for tenth in range(3)]
    watch, _ = live(NEW, drifting + resting, LIMITS)
    assert the_only(watch).started_ns == instant(0).wall_ns


def test_what_is_missed_once_as_it_comes_is_dated_from_its_first_look() -> None:
    looks = [look(0, moving(PLACE)), look(0.2), *(look(0.4 + 0.2 * n, still(PLACE)) for n in range(3))]
    watch, _ = live(NEW, looks, LIMITS)
    assert the_only(watch).started_ns == instant(0).wall_ns


def test_what_passed_by_is_forgotten() -> None:
    watch, _ = live(NEW, [look(0, moving(PLACE)), *shown(1, 3)], LIMITS)
    assert len(watch.candidates) == 1
    assert live(watch, shown(4, 4), LIMITS)[0].candidates == ()


def test_what_drifts_in_and_rests_is_measured_from_where_it_rests() -> None:
    drifting = [look(float(n), moving(square(5 + 3 * n, 10, 10))) for n in range(4)]
    resting = shown(4, 6, still(square(17, 10, 10)))
    assert live(NEW, drifting + resting, LIMITS)[1] == [(6.0, STARTED, "shelf-1")]


def test_a_change_is_not_told_in_a_look_that_shows_it_moving() -> None:
    looks = [*shown(0, 1, still(PLACE)), look(2, moving(PLACE)), look(3, still(PLACE))]
    assert live(NEW, looks, LIMITS)[1] == [(3.0, STARTED, "shelf-1")]


@pytest.mark.parametrize(
    ("unsure", "started"),
    [
        pytest.param(2, 4, id="unsure-looks-do-not-count"),
        pytest.param(9, 11, id="however-many"),
    ],
)
def test_a_look_that_cannot_tell_whether_a_thing_moves_does_not_count(unsure: int, started: int) -> None:
    looks = shown(0, unsure - 1, unwatched(PLACE)) + shown(unsure, 20, still(PLACE))
    assert live(NEW, looks, LIMITS)[1] == [(float(started), STARTED, "shelf-1")]


def test_what_may_or_may_not_move_is_no_activity_and_no_event() -> None:
    watch = NEW
    for one in shown(0, 20, unwatched(PLACE)):
        outcome = advance(watch, one, LIMITS)
        watch = outcome.watch
        assert (outcome.told, outcome.activity) == ((), False)


# ---- two at once, and their numbers ----


def test_two_changes_at_once_are_told_apart() -> None:
    _, told = live(NEW, shown(0, 2, still(PLACE), still(ELSEWHERE)), LIMITS)
    assert told == [(2.0, STARTED, "shelf-1"), (2.0, STARTED, "shelf-2")]


def test_each_of_two_candidates_is_counted_for_itself() -> None:
    looks = [
        look(0, still(PLACE)),
        look(1, still(ELSEWHERE), still(PLACE)),
        look(2, still(ELSEWHERE), still(PLACE)),
        look(3, still(ELSEWHERE), still(PLACE)),
    ]
    watch, told = live(NEW, looks, LIMITS)
    assert told == [(2.0, STARTED, "shelf-1"), (3.0, STARTED, "shelf-2")]
    assert [s.change.mask for s in watch.standing] == [PLACE, ELSEWHERE]


def test_two_halves_of_what_was_one_are_not_both_told_on_its_account() -> None:
    whole, one, other = block(10, 10, 20, 10), block(10, 10, 10, 10), block(20, 10, 10, 10)
    looks = [*shown(0, 1, still(whole)), look(2, still(one), still(other))]
    assert live(NEW, looks, LIMITS)[1] == [(2.0, STARTED, "shelf-1")]


def test_numbers_are_not_used_again_when_a_change_has_ended() -> None:
    looks = shown(0, 2, still(PLACE)) + shown(3, 6) + shown(7, 9, still(PLACE))
    _, told = live(NEW, looks, LIMITS)
    assert [event[1:] for event in told] == [
        (STARTED, "shelf-1"),
        (ENDED, "shelf-1"),
        (STARTED, "shelf-2"),
    ]

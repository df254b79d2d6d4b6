from collections.abc import Sequence
from dataclasses import replace

import pytest

from edge.demo.story import Lasting, Passing, Silent, verdict
from edge.demo.told import Area, Told

PLACE = Area(0.50, 0.50, 0.51, 0.52)
ELSEWHERE = Area(0.10, 0.10, 0.12, 0.12)
TRUTHS = (
    Silent(0.0, "the scene is learned"),
    Silent(8.0, "the lamp is dimmed"),
    Lasting(12.0, "a screw vanishes", PLACE, 30.0, "the screw is back"),
    Passing(16.0, "somebody walks through", 24.0),
    Silent(26.0, "the lamp is as before"),
)
STARTED = Told("e", 1, "change_started", "c-1", 13.0, (PLACE,))
UPDATED = replace(STARTED, seq=9, event_type="change_updated")
PERSISTENT = Told("e", 2, "change_persistent", "c-1", 21.0, (PLACE,))
ENDED = Told("e", 3, "change_ended", "c-1", 33.0, (PLACE,), "reverted")
GOOD = (STARTED, PERSISTENT, ENDED)
ACTIVE = (17.0, 20.0)


@pytest.mark.parametrize(
    ("events", "passed"),
    [
        pytest.param(GOOD, True, id="a-whole-life"),
        pytest.param((), False, id="nothing-was-told"),
        pytest.param((PERSISTENT, ENDED), False, id="the-start-is-missing"),
        pytest.param((STARTED, ENDED), False, id="the-reminder-is-missing"),
        pytest.param((STARTED, PERSISTENT), False, id="the-end-is-missing"),
        pytest.param((replace(STARTED, captured_s=15.0), *GOOD[1:]), True, id="three-seconds-are-in-time"),
        pytest.param((replace(STARTED, captured_s=15.1), *GOOD[1:]), False, id="later-is-too-late"),
        pytest.param((replace(STARTED, captured_s=11.9), *GOOD[1:]), False, id="told-before-it-happened"),
        pytest.param((replace(STARTED, areas=(ELSEWHERE,)), *GOOD[1:]), False, id="told-elsewhere"),
        pytest.param(
            (replace(STARTED, areas=(ELSEWHERE, PLACE)), *GOOD[1:]), True, id="one-of-its-places-is-enough"
        ),
        pytest.param(
            (STARTED, PERSISTENT, replace(ENDED, change_id="c-2")), False, id="another-id-ended-instead"
        ),
        pytest.param(
            (STARTED, PERSISTENT, replace(ENDED, end_reason="absorbed")), False, id="ended-for-a-wrong-reason"
        ),
        pytest.param(
            (STARTED, PERSISTENT, replace(ENDED, captured_s=29.0)), False, id="ended-before-it-was-undone"
        ),
        pytest.param((STARTED, PERSISTENT, replace(ENDED, captured_s=36.0)), False, id="ended-too-late"),
        pytest.param(
            (STARTED, replace(STARTED), PERSISTENT, ENDED, replace(ENDED)),
            True,
            id="delivered-twice-is-told-once",
        ),
        pytest.param(
            (*GOOD, replace(STARTED, seq=4, captured_s=14.0)), False, id="told-twice-under-two-numbers"
        ),
        pytest.param(
            (*GOOD, replace(STARTED, seq=4, change_id="c-2")), False, id="the-same-place-under-two-ids"
        ),
        pytest.param(
            (STARTED, UPDATED, replace(UPDATED, seq=10), PERSISTENT, ENDED),
            True,
            id="updates-of-it-are-welcome",
        ),
        pytest.param(
            (*GOOD, Told("e", 4, "change_updated", "c-9", 14.0, (PLACE,))),
            False,
            id="updates-of-another-are-not",
        ),
        pytest.param((*GOOD, Told("e", 4, "view_alert", "", 20.0)), False, id="the-view-is-in-order"),
        pytest.param(
            (Told("e", 4, "reference_updated", "", 7.0), *GOOD), True, id="a-new-reference-is-no-alarm"
        ),
        pytest.param(
            (Told("e", 4, "change_started", "c-0", 8.6, (ELSEWHERE,)), *GOOD), False, id="the-light-was-told"
        ),
        pytest.param(
            (Told("e", 4, "change_started", "c-0", -0.2, (ELSEWHERE,)), *GOOD),
            False,
            id="told-before-the-scene",
        ),
    ],
)
def test_a_story_passes_when_all_of_it_was_told_and_nothing_else(
    events: Sequence[Told],
    passed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert verdict(TRUTHS, events, ACTIVE, clear_within_s=5.5).passed == passed


@pytest.mark.parametrize(
    ("active_s", "passed"),
    [
        pytest.param((17.0,), True, id="seen-while-they-walk"),
        pytest.param((25.9,), True, id="seen-just-after"),
        pytest.param((), False, id="not-seen"),
        pytest.param((15.0, 26.1), False, id="seen-at-other-times-only"),
    ],
)
def test_somebody_who_walks_by_must_be_seen_as_activity(
    active_s: Sequence[float],
    passed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert verdict(TRUTHS, GOOD, active_s, clear_within_s=5.5).passed == passed


@pytest.mark.parametrize(
    ("watched_s", "asked"),
    [
        pytest.param(5.0, [0.0], id="a-glance"),
        pytest.param(14.9, [0.0, 8.0], id="not-long-enough-to-tell-of-the-change"),
        pytest.param(15.0, [0.0, 8.0, 12.0], id="just-long-enough"),
        pytest.param(26.0, [0.0, 8.0, 12.0, 16.0, 26.0], id="somebody-had-time-to-be-seen"),
        pytest.param(30.0, [0.0, 8.0, 12.0, 16.0, 26.0, 30.0], id="long-enough-for-a-reminder"),
        pytest.param(35.5, [0.0, 8.0, 12.0, 16.0, 26.0, 30.0, 30.0], id="to-the-end"),
    ],
)
def test_what_had_no_time_to_be_told_is_not_asked_for(watched_s: float, asked: Sequence[float]) -> None:
    lines = verdict(TRUTHS, (), (), clear_within_s=5.5, watched_s=watched_s).lines
    assert [line.at_s for line in lines] == asked


@pytest.mark.parametrize(
    ("captured_s", "blamed"),
    [
        pytest.param(-0.2, "the scene is learned", id="before-all"),
        pytest.param(7.9, "the scene is learned", id="while-learning"),
        pytest.param(8.0, "the lamp is dimmed", id="the-moment-itself"),
        pytest.param(18.0, "somebody walks through", id="while-somebody-walks"),
        pytest.param(99.0, "the lamp is as before", id="at-the-very-end"),
    ],
)
def test_a_false_event_is_shown_beside_what_happened_last(captured_s: float, blamed: str) -> None:
    false = Told("e", 4, "change_started", "c-0", captured_s, (ELSEWHERE,))
    table = verdict(TRUTHS, (*GOOD, false), ACTIVE, clear_within_s=5.5)
    assert [line.what for line in table.lines if not line.good] == [blamed]


def test_a_false_event_that_is_delivered_twice_counts_once() -> None:
    false = Told("e", 4, "change_started", "c-0", 20.0, (ELSEWHERE,))
    assert verdict(TRUTHS, (*GOOD, false, replace(false)), ACTIVE, clear_within_s=5.5).false == (false,)


def test_the_table_says_how_long_each_telling_took() -> None:
    lines = verdict(TRUTHS, GOOD, ACTIVE, clear_within_s=5.5).lines
    assert [line.after_s for line in lines] == [None, None, 1.0, 1.0, None, None, 3.0]


def test_the_table_is_in_the_order_of_what_happened() -> None:
    lines = verdict(TRUTHS, GOOD, ACTIVE, clear_within_s=5.5).lines
    assert [line.at_s for line in lines] == [0.0, 8.0, 12.0, 16.0, 21.0, 26.0, 30.0]


def test_what_came_too_late_is_called_late_and_what_never_came_is_not() -> None:
    late = verdict(TRUTHS, (replace(STARTED, captured_s=15.1), *GOOD[1:]), ACTIVE, clear_within_s=5.5).lines
    assert [line.late for line in late if line.wanted == "change_started"] == [True]
    never = verdict(TRUTHS, (), ACTIVE, clear_within_s=5.5).lines
    assert not any(line.late for line in (*never, *verdict(TRUTHS, GOOD, ACTIVE, clear_within_s=5.5).lines))

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.window import FORBIDDEN_S, LOSSES, RETRY_S, SET_ASIDE_S, STRIKES, Window

S = 1_000_000_000


def flying(*seqs: int, size: int = 100) -> Window:
    """Return a window with these events on their way; tokens are a thousand more."""
    window = Window(size)
    for seq in seqs:
        window.hand_over(seq, seq + 1000)
        window.cursor = seq
    return window


def test_room_is_what_may_still_be_handed_over() -> None:
    window = flying(1, 2, size=3)
    assert window.room == 1
    window.hand_over(3, 3)
    assert window.room == 0


def test_what_is_on_its_way_is_not_handed_over_again() -> None:
    assert [flying(1, 2).passes(seq) for seq in (1, 2, 3)] == [False, False, True]


def test_what_was_delivered_is_not_handed_over_again_until_forgotten() -> None:
    window = flying(1)
    window.confirm(1001)
    assert (window.delivered, window.passes(1), window.room) == ({1}, False, 100)
    window.forget([1])
    assert (window.delivered, window.passes(1)) == (set(), True)


def test_tokens_of_other_messages_are_ignored() -> None:
    window = flying(1)
    window.confirm(7)
    assert (window.refuse(7, 0), window.delivered, window.room) == (None, set(), 99)


@pytest.mark.parametrize("strikes", range(1, STRIKES))
def test_a_refused_event_gets_another_turn_after_a_pause(strikes: int) -> None:
    window = flying(*range(1, 6))
    for _ in range(strikes):
        window.hand_over(3, 1003)
        assert window.refuse(1003, 0) == 3
    pause_ns = round(RETRY_S[strikes - 1] * S)
    window.retry(pause_ns - 1)
    assert (window.passes(3), window.cursor) == (False, 5)
    window.retry(pause_ns)
    assert (window.passes(3), window.cursor) == (True, 2)


def test_an_event_refused_three_times_is_set_aside_for_an_hour() -> None:
    window = flying(3)
    for _ in range(STRIKES):
        window.hand_over(3, 1003)
        window.refuse(1003, 0)
    assert (window.set_aside, window.waiting) == (1, 1)
    window.retry(round(SET_ASIDE_S * S) - 1)
    assert not window.passes(3)
    window.retry(round(SET_ASIDE_S * S))
    assert (window.passes(3), window.set_aside) == (True, 0)


def test_after_a_lost_connection_all_starts_over() -> None:
    window = flying(1, 2, 3)
    window.confirm(1001)
    window.lose(0)
    assert (window.cursor, [window.passes(seq) for seq in (1, 2, 3)]) == (0, [False, True, True])


def test_after_a_lost_connection_events_go_one_at_a_time_until_one_arrives() -> None:
    window = flying(1, 2, 3)
    window.lose(0)
    assert window.room == 1
    window.hand_over(1, 1)
    assert window.room == 0
    window.confirm(1)
    assert window.room == 100


def test_an_event_that_always_costs_the_connection_is_set_aside() -> None:
    window = Window(100)
    for _ in range(STRIKES):
        window.hand_over(1, 1)
        window.lose(0)
    assert (window.set_aside, window.passes(1), window.passes(2), window.room) == (1, False, True, 100)


def test_a_connection_lost_with_nothing_on_its_way_is_nobodys_fault() -> None:
    window = Window(100)
    window.lose(0)
    assert (window.room, window.waiting) == (100, 0)


def test_success_clears_an_events_record() -> None:
    window = Window(100)
    for _ in range(STRIKES + 1):
        window.hand_over(1, 1)
        window.lose(0)
        window.hand_over(1, 2)
        window.confirm(2)
        window.forget([1])
    assert window.set_aside == 0


steps = st.lists(
    st.tuples(st.sampled_from(["send", "confirm", "refuse", "lose", "retry", "forget"]), st.integers(0, 9)),
    max_size=60,
)


@given(steps)
def test_whatever_happens_no_event_is_on_its_way_twice_or_lost(steps: list[tuple[str, int]]) -> None:
    window, stored, token, now_ns = Window(3), set(range(1, 10)), 0, 0
    away: dict[int, int] = {}
    for step, number in steps:
        now_ns += number * S
        if step == "send":
            due = [seq for seq in sorted(stored) if seq > window.cursor and window.passes(seq)][: window.room]
            for seq in due:
                token += 1
                assert seq not in away.values()
                window.hand_over(seq, token)
                away[token] = seq
                window.cursor = seq
        elif step == "confirm" and away:
            window.confirm(done := min(away))
            del away[done]
        elif step == "refuse" and away:
            window.refuse(done := min(away), now_ns)
            del away[done]
        elif step == "lose":
            window.lose(now_ns)
            away.clear()
        elif step == "retry":
            window.retry(now_ns)
        elif step == "forget":
            gone = set(window.delivered)
            stored -= gone
            window.forget(gone)
    window.lose(now_ns)
    window.retry(now_ns + round(SET_ASIDE_S * S))
    assert all(window.passes(seq) for seq in stored - window.delivered)
    assert window.cursor == 0


def for_consumer(*seqs: int) -> Window:
    """Return a window of events on their way to a consumer."""
    window = Window(100, for_consumer=True)
    for seq in seqs:
        window.hand_over(seq, seq + 1000)
        window.cursor = seq
    return window


def test_what_the_broker_has_is_not_delivered_where_a_consumer_says_what_is() -> None:
    window = for_consumer(1)
    window.confirm(1001)
    assert (window.delivered, window.passes(1), window.room) == (set(), True, 100)


def test_where_everything_waits_for_it_a_refused_event_is_hopeless_after_three_times() -> None:
    window = for_consumer(1, 2)
    for strikes in range(STRIKES):
        assert (window.hopeless, strikes) == (set(), strikes)
        window.hand_over(2, 1002)
        window.refuse(1002, 0)
    assert window.hopeless == {2}


def test_where_everything_waits_for_it_a_forbidden_event_is_tried_again_and_again() -> None:
    window = for_consumer(1, 2)
    for turn in range(3 * STRIKES):
        window.hand_over(2, 1002)
        window.refuse(1002, turn * 100 * S, forbidden=True)
        window.retry(turn * 100 * S + round(FORBIDDEN_S * S))
        assert (window.hopeless, window.passes(2), window.cursor) == (set(), True, 1)


def test_where_nothing_waits_for_it_a_forbidden_event_is_set_aside() -> None:
    window = Window(100)
    for _ in range(STRIKES):
        window.hand_over(2, 1002)
        window.refuse(1002, 0, forbidden=True)
    window.retry(round(FORBIDDEN_S * S))
    assert (window.passes(2), window.set_aside) == (False, 1)


def test_what_takes_the_place_of_a_hopeless_event_has_its_turn_at_once() -> None:
    window = for_consumer(1, 2, 3)
    for _ in range(STRIKES):
        window.hand_over(2, 1002)
        window.refuse(1002, 0)
    window.given_up(2)
    assert (window.hopeless, window.passes(2), window.cursor, window.set_aside) == (set(), True, 1, 0)


def test_a_bad_line_makes_no_event_hopeless_before_it_broke_often() -> None:
    window = Window(100, for_consumer=True)
    for losses in range(LOSSES):
        assert (window.hopeless, window.passes(1), losses) == (set(), True, losses)
        window.hand_over(1, losses)
        window.lose(0)
    assert window.hopeless == {1}


def test_nothing_that_a_consumer_has_is_in_doubt() -> None:
    window = for_consumer(1, 2)
    window.lose(0)
    assert window.room == 1
    window.consumed(1)
    assert window.room == 100


def test_nothing_that_a_consumer_has_has_to_wait_or_is_hopeless() -> None:
    window = for_consumer(1)
    for _ in range(STRIKES):
        window.hand_over(1, 1001)
        window.refuse(1001, 0)
    window.consumed(1)
    assert (window.hopeless, window.waiting, window.set_aside) == (set(), 0, 0)

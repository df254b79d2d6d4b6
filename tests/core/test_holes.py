from __future__ import annotations

from itertools import pairwise

import pytest

from edge.core.holes import ASK_AGAIN_S, ASK_LONGEST_S, JOIN_PATIENCE_S, PATIENCE_S, Holes

KEY = ("bench1", "9f3a6c01")


@pytest.fixture
def holes() -> Holes:
    """Nothing is missing."""
    return Holes()


def asked_at(holes: Holes, until_s: float) -> list[float]:
    """Return when a hole that nobody fills is asked about, looking every half second."""
    return [half / 2 for half in range(int(until_s * 2)) if holes.to_ask(half / 2)]


def test_what_is_missing_is_asked_for_at_once(holes: Holes) -> None:
    holes.seen(KEY, 5, 100.0)
    assert holes.to_ask(100.0) == [(KEY, 5)]


def test_the_same_is_asked_for_more_and_more_rarely(holes: Holes) -> None:
    holes.seen(KEY, 5, 0.0)
    times = asked_at(holes, 600)
    pauses = [later - sooner for sooner, later in pairwise(times)]
    assert pauses[:4] == [1.5, 3.0, 6.0, 12.0]
    assert max(pauses) == ASK_LONGEST_S


def test_while_it_is_being_filled_nothing_is_asked(holes: Holes) -> None:
    holes.seen(KEY, 5, 0.0)
    holes.to_ask(0.0)
    for tenth in range(1, 50):
        holes.seen(KEY, 5 + tenth, tenth / 10)
        assert holes.to_ask(tenth / 10) == []


def test_when_the_filling_stops_it_is_asked_for_again(holes: Holes) -> None:
    holes.seen(KEY, 5, 0.0)
    holes.to_ask(0.0)
    holes.seen(KEY, 8, 1.0)
    assert holes.to_ask(1.0 + ASK_AGAIN_S) == [(KEY, 8)]


def test_what_is_filled_is_not_asked_for(holes: Holes) -> None:
    holes.seen(KEY, 5, 0.0)
    holes.closed(KEY)
    assert holes.to_ask(99.0) == []


def test_a_newcomer_waits_a_little_for_the_beginning(holes: Holes) -> None:
    holes.seen(KEY, 1, 0.0)
    assert holes.hopeless(JOIN_PATIENCE_S - 0.1) == []
    assert holes.hopeless(JOIN_PATIENCE_S) == [KEY]


def test_a_device_that_speaks_and_does_not_go_back_is_given_up_in_the_end(holes: Holes) -> None:
    holes.seen(KEY, 5, 0.0)
    asked_at(holes, PATIENCE_S)
    holes.spoke("bench1")
    assert holes.hopeless(PATIENCE_S - 1) == []
    assert holes.hopeless(PATIENCE_S) == [KEY]


def test_a_device_that_is_away_is_waited_for(holes: Holes) -> None:
    holes.seen(KEY, 5, 0.0)
    holes.spoke("bench1")  # before it was asked
    asked_at(holes, PATIENCE_S)
    assert holes.hopeless(10 * PATIENCE_S) == []


def test_what_another_device_says_does_not_count(holes: Holes) -> None:
    holes.seen(KEY, 5, 0.0)
    asked_at(holes, PATIENCE_S)
    holes.spoke("bench2")
    assert holes.hopeless(PATIENCE_S) == []


def test_progress_begins_the_patience_anew(holes: Holes) -> None:
    holes.seen(KEY, 5, 0.0)
    asked_at(holes, PATIENCE_S)
    holes.spoke("bench1")
    holes.seen(KEY, 6, PATIENCE_S - 1)
    assert holes.hopeless(PATIENCE_S) == []


def test_nobodys_patience_is_tried_while_the_broker_is_away(holes: Holes) -> None:
    holes.seen(KEY, 1, 0.0)
    holes.forget()
    holes.seen(KEY, 1, 60.0)
    assert holes.hopeless(60.0 + JOIN_PATIENCE_S / 2) == []

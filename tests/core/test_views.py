from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.views import HOLD_S, Episode, followed
from edge.types import Instant, View

STEP_S = 0.5
WORDS = {
    "o": View.OK,
    "l": View.LEARNING,
    "m": View.MOVED,
    "c": View.COVERED,
    "d": View.DARK,
    "x": View.LOST,
}


def instant(second: float) -> Instant:
    return Instant(round(second * 1e9), round(second * 1e9))


def told(states: str, *, alerts: tuple[View, ...] = (), hold_s: float = HOLD_S) -> list[tuple[float, str]]:
    """Follow one letter each half second; return what is told when."""
    episode, said = Episode(alerts=alerts), list[tuple[float, str]]()
    for number, letter in enumerate(states):
        episode, tell = followed(episode, WORDS[letter], instant(number * STEP_S), hold_s=hold_s)
        if tell is not None:
            said.append((number * STEP_S, tell.value))
    return said


@pytest.mark.parametrize(
    ("states", "said"),
    [
        pytest.param("oooooooo", [], id="a-view-that-is-well-is-not-worth-a-word"),
        pytest.param("ooccccoooooo", [], id="a-blink-is-ridden-out"),
        pytest.param("oocccccccccc", [(3.0, "covered")], id="told-once-after-two-seconds"),
        pytest.param("occcccooooo", [(2.5, "covered"), (5.0, "ok")], id="and-once-when-it-is-well-again"),
        pytest.param("occcccoocccccccc", [(2.5, "covered")], id="well-for-a-moment-is-no-end"),
        pytest.param("occcccmmmmmmmm", [(2.5, "covered"), (5.0, "moved")], id="another-kind-is-told-too"),
        pytest.param("occcccmmcccccccc", [(2.5, "covered")], id="another-kind-for-a-moment-is-not"),
        pytest.param("ocmcmcmc", [(2.5, "covered")], id="bad-for-whatever-reason-is-bad"),
        pytest.param("occcccmmmmmcccccc", [(2.5, "covered"), (5.0, "moved")], id="no-kind-twice"),
        pytest.param("llllllll", [], id="learning-is-neither-good-nor-bad"),
        pytest.param("ommmmmlllllooooo", [(2.5, "moved"), (7.5, "ok")], id="learning-anew-ends-it"),
    ],
)
def test_followed(states: str, said: list[tuple[float, str]]) -> None:
    assert told(states) == said


def test_what_was_told_before_a_restart_is_not_told_again() -> None:
    assert told("mmmmmmmmmm", alerts=(View.MOVED,)) == []


def test_after_a_restart_a_view_that_is_well_again_is_told() -> None:
    assert told("oooooooo", alerts=(View.MOVED,)) == [(2.0, "ok")]


def test_a_camera_may_take_its_time_to_start() -> None:
    assert told("x" * 40, hold_s=15.0) == [(15.0, "lost")]


@given(st.text("olmcdx", max_size=60))
def test_well_again_is_told_exactly_between_alerts(states: str) -> None:
    said = [word for _, word in told(states)]
    assert not said or said[0] != "ok"
    assert all("ok" not in pair or pair[0] != pair[1] for pair in pairwise(said))


@given(st.text("olmcdx", max_size=60))
def test_no_kind_is_told_twice_before_the_view_is_well(states: str) -> None:
    for episode in " ".join(word for _, word in told(states)).split("ok"):
        kinds = episode.split()
        assert len(kinds) == len(set(kinds))

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.goback import AGAIN_S, AHEAD, LONGEST_SILENCE_S, SILENCE_S, GoBack, Verdict, number_in

S = 1_000_000_000


def sent(*seqs: int, acked: int = 0) -> GoBack:
    """Return what a consumer has that acknowledged nothing of these yet; sent at once."""
    record = GoBack(acked, 0)
    for seq in seqs:
        record.hand_over(seq, 0)
    return record


@pytest.mark.parametrize(
    ("seq", "verdict", "acked"),
    [
        pytest.param(3, Verdict.OBEYED, 3, id="some"),
        pytest.param(5, Verdict.OBEYED, 5, id="all"),
        pytest.param(6, Verdict.NEVER_SENT, 2, id="beyond-what-was-sent"),
        pytest.param(2, Verdict.OLD, 2, id="again"),
        pytest.param(1, Verdict.OLD, 2, id="less-than-before"),
    ],
)
def test_an_acknowledgement_is_cumulative_and_never_goes_back(seq: int, verdict: Verdict, acked: int) -> None:
    record = sent(3, 4, 5, acked=2)
    assert (record.ack(seq, 0), record.acked) == (verdict, acked)


def test_what_an_earlier_run_sent_may_be_acknowledged() -> None:
    record = GoBack(acked=4, sent=9)
    assert (record.ack(9, 0), record.acked) == (Verdict.OBEYED, 9)


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        pytest.param(4, Verdict.OBEYED, id="one-that-was-sent"),
        pytest.param(6, Verdict.OBEYED, id="the-next"),
        pytest.param(7, Verdict.NEVER_SENT, id="beyond-the-next"),
        pytest.param(2, Verdict.GONE, id="one-that-it-has-confirmed"),
    ],
)
def test_only_what_was_sent_and_not_confirmed_can_be_asked_for(expected: int, verdict: Verdict) -> None:
    record = sent(3, 4, 5, acked=2)
    assert (record.nack(expected, 0), record.acked) == (verdict, 2)


def test_who_asks_again_at_once_is_answered_once() -> None:
    record = sent(1, 2, 3)
    said = [record.nack(2, now_ns) for now_ns in (0, round(AGAIN_S * S) - 1, round(AGAIN_S * S))]
    assert said == [Verdict.OBEYED, Verdict.OLD, Verdict.OBEYED]


def test_what_is_asked_for_again_makes_room_for_itself() -> None:
    record = sent(*range(1, 17))
    assert record.room == 0
    record.nack(5, 0)
    assert record.room == 12


def test_the_more_is_acknowledged_the_more_may_be_on_its_way_up_to_a_bound() -> None:
    record, bursts = GoBack(0, 0), []
    for _ in range(7):
        bursts.append(record.room)
        for _ in range(record.room):
            record.hand_over(record.sent + 1, 0)
        assert record.room == 0
        record.ack(record.sent, 0)
    assert bursts == [16, 32, 64, 128, 256, 256, 256]
    assert bursts[-1] == AHEAD


def test_after_three_seconds_of_silence_one_event_is_asked_again() -> None:
    record = sent(1, 2, 3)
    assert not record.overdue(round(SILENCE_S * S) - 1)
    assert record.overdue(round(SILENCE_S * S))
    assert (record.room, record.acked) == (1, 0)


def test_where_nothing_is_unacknowledged_silence_is_no_fault() -> None:
    record = sent(1)
    record.ack(1, 0)
    assert not record.overdue(10**6 * S)


def test_progress_is_no_silence() -> None:
    record = sent(1, 2)
    record.ack(1, 2 * S)
    assert not record.overdue(5 * S - 1)
    assert record.overdue(5 * S)


def test_a_consumer_that_is_absent_for_weeks_is_still_asked() -> None:
    record, now_ns = sent(1), 0
    for _ in range(2000):  # a week
        now_ns += round(LONGEST_SILENCE_S * S)
        assert record.overdue(now_ns)
        record.hand_over(1, now_ns)


def test_an_absent_consumer_is_asked_more_and_more_rarely() -> None:
    record, now_ns, asked = sent(1), 0, []
    for _ in range(9):
        began_ns = now_ns
        while not record.overdue(now_ns):
            now_ns += S
        record.hand_over(1, now_ns)
        asked.append((now_ns - began_ns) // S)
    assert asked == [3, 6, 12, 24, 48, 96, 192, 300, 300]
    assert asked[-1] == LONGEST_SILENCE_S


def test_who_answers_again_gets_more_again() -> None:
    record = sent(1)
    record.overdue(3 * S)
    record.hand_over(1, 3 * S)
    record.ack(1, 4 * S)
    assert (record.room, record.silences) == (2, 0)


def test_after_a_lost_connection_all_that_is_unacknowledged_has_its_turn() -> None:
    record = sent(*range(1, 17))
    record.reconnect(S)
    assert (record.room, record.acked) == (16, 0)


def test_a_new_connection_makes_no_storm_for_an_absent_consumer() -> None:
    record = sent(1, 2, 3)
    record.overdue(3 * S)
    record.reconnect(4 * S)
    assert record.room == 1


@given(st.lists(st.tuples(st.sampled_from(["send", "ack", "nack", "wait", "reconnect"]), st.integers(0, 40))))
def test_nothing_counts_as_confirmed_that_was_not_sent(steps: list[tuple[str, int]]) -> None:
    record, now_ns, confirmed = GoBack(0, 0), 0, 0
    for what, number in steps:
        now_ns += S
        match what:
            case "send" if record.room:
                record.hand_over(record.sent + 1, now_ns)
            case "ack":
                record.ack(number, now_ns)
            case "nack":
                record.nack(number, now_ns)
            case "wait":
                record.overdue(now_ns := now_ns + number * S)
            case "reconnect":
                record.reconnect(now_ns)
        assert confirmed <= record.acked <= record.sent
        assert 0 <= record.room <= AHEAD
        confirmed = record.acked


@pytest.mark.parametrize(
    ("payload", "number"),
    [
        pytest.param(b'{"seq": 7}', 7, id="as-it-should-be"),
        pytest.param(b'{"seq": 0, "more": []}', 0, id="unknown-keys-are-ignored"),
        pytest.param(b'{"seq": -1}', None, id="negative"),
        pytest.param(b'{"seq": 9007199254740992}', None, id="too-large"),
        pytest.param(b'{"seq": 7.0}', None, id="a-fraction"),
        pytest.param(b'{"seq": true}', None, id="a-truth"),
        pytest.param(b'{"seq": "7"}', None, id="text"),
        pytest.param(b'{"expected": 7}', None, id="another-key"),
        pytest.param(b"7", None, id="a-bare-number"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\xff", None, id="not-utf-8"),
        pytest.param(b"[" * 1000, None, id="too-deep"),
        pytest.param(b'{"seq": ' + b" " * 1024 + b"7}", None, id="too-long"),
    ],
)
def test_a_number_is_read_with_suspicion(payload: bytes, number: int | None) -> None:
    assert number_in(payload, "seq") == number


@given(st.binary(max_size=200))
def test_no_payload_at_all_does_harm(payload: bytes) -> None:
    number = number_in(payload, "seq")
    assert number is None or 0 <= number < 2**53

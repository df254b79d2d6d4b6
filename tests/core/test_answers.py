from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from edge.core.answers import Sender, answer, sender_of
from tests.samples import NOON_NS
from tests.schema_faults import faults

RESULT = "stillwatch/v1/bench1/cmd/result"

senders = st.builds(
    Sender,
    st.just(RESULT) | st.just(f"{RESULT}/me"),
    st.none() | st.from_regex(r"[A-Za-z0-9._:-]{1,64}", fullmatch=True),
    st.none() | st.binary(max_size=256),
)


@given(senders)
def test_who_gave_a_command_comes_back_from_the_arguments_of_its_order(sender: Sender) -> None:
    assert sender_of({"camera": "shelf", **sender.args()}) == sender


def test_an_order_that_nobody_waits_for_has_no_sender() -> None:
    assert sender_of({"camera": "shelf"}) is None


def test_a_sender_whose_correlation_is_damaged_is_answered_without() -> None:
    assert sender_of({"reply_to": RESULT, "correlation": "0g"}) == Sender(RESULT)


def test_an_answer_reads_like_the_contract() -> None:
    told = answer(Sender(RESULT, "7f3a", b"c"), ts_ns=NOON_NS, error="no")
    assert told.payload == (
        b'{"schema":"stillwatch.cmd-result/1","ts":"2026-11-22T12:00:00.000Z","id":"7f3a",'
        b'"ok":false,"error":"no","data":null}'
    )
    assert (told.topic, told.qos, told.retain, told.correlation) == (RESULT, 1, False, b"c")


@given(senders, st.none() | st.text(min_size=1, max_size=1000))
def test_every_answer_obeys_the_schema(sender: Sender, error: str | None) -> None:
    told = answer(sender, ts_ns=NOON_NS, error=error)
    assert faults("cmd-result", told.payload) == []
    assert json.loads(told.payload)["ok"] is (error is None)

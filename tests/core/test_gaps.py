from __future__ import annotations

import json

import pytest

from edge.core.gaps import Gap, first_of, gap_message, gap_of, is_gap, joined, renumbered
from edge.core.wire import event_payload
from edge.types import Message
from tests.samples import NOON_NS, a_change, an_event
from tests.schema_faults import faults

GAPS = [
    pytest.param(Gap(3, "full", (7, 9)), id="numbered"),
    pytest.param(Gap(3, "full"), id="never-numbered"),
    pytest.param(Gap(None, "damaged", lost_epoch="0ld"), id="of-an-epoch-that-is-over"),
    pytest.param(Gap(None, "confirmed", (1, 9)), id="confirmed-before"),
]


def told(gap: Gap, seq: int = 9) -> Message:
    """Tell a gap as the device bench1 would."""
    return gap_message(gap, ts_ns=NOON_NS, device="bench1", epoch="9f3a6c01", seq=seq)


@pytest.mark.parametrize("gap", GAPS)
def test_a_gap_obeys_the_schema_to_the_letter(gap: Gap) -> None:
    assert faults("gap", told(gap).payload) == []


@pytest.mark.parametrize("gap", GAPS)
def test_a_gap_can_be_read_back(gap: Gap) -> None:
    message = told(gap)
    assert (message.topic, is_gap(message.payload)) == ("stillwatch/v1/bench1/gap", True)
    assert gap_of(message.payload) == gap


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"7", id="a-number"),
        pytest.param(b'{"schema":"stillwatch.gap/1","seq":7}', id="keys-are-missing"),
        pytest.param(told(Gap(1, "full")).payload.replace(b'"full"', b'"fun"'), id="for-no-known-reason"),
        pytest.param(told(Gap(1, "full")).payload.replace(b"gap/1", b"gag/1"), id="of-another-schema"),
    ],
)
def test_what_tells_no_gap_is_not_taken_for_one(payload: bytes) -> None:
    with pytest.raises(ValueError, match="no gap"):
        gap_of(payload)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        pytest.param([(7, Gap(1, "full", (7, 7)))], (7, Gap(1, "full", (7, 7))), id="one"),
        pytest.param(
            [(7, Gap(1, "full", (5, 7))), (8, Gap(1, "full", (8, 8)))],
            (8, Gap(2, "full", (5, 8))),
            id="two-that-had-numbers",
        ),
        pytest.param(
            [(7, Gap(40, "full")), (8, Gap(1, "full", (8, 8)))],
            (8, Gap(41, "full", (7, 8))),
            id="one-that-had-none-takes-up-its-own",
        ),
        pytest.param(
            [(7, Gap(None, "full", (7, 7))), (8, Gap(1, "full", (8, 8)))],
            (8, Gap(None, "full", (7, 8))),
            id="nobody-knows-how-many",
        ),
    ],
)
def test_gaps_that_follow_one_another_become_one(
    parts: list[tuple[int, Gap]], whole: tuple[int, Gap]
) -> None:
    assert joined(parts) == whole


@pytest.mark.parametrize(
    ("gap", "first"), [(Gap(3, "full", (7, 9)), 7), (Gap(3, "full"), 9), (Gap(3, "full", (9, 9)), 9)]
)
def test_a_gap_takes_up_all_numbers_from_its_first(gap: Gap, first: int) -> None:
    assert first_of(9, gap) == first


def test_an_event_of_an_epoch_that_is_over_is_told_under_another_number() -> None:
    payload = event_payload(
        an_event(a_change()), device="d", epoch="0ld", seq=41, boot="b", ts_ns=NOON_NS, clock_synced=True
    )
    again = renumbered(Message("d/event", payload), epoch="new", seq=1)
    assert again.payload == payload.replace(b'"epoch":"0ld","seq":41,', b'"epoch":"new","seq":1,')
    assert faults("event", again.payload) == []


def test_a_gap_of_an_epoch_that_is_over_says_which() -> None:
    again = renumbered(told(Gap(3, "full", (7, 9))), epoch="new", seq=1)
    assert gap_of(again.payload) == Gap(3, "full", lost_epoch="9f3a6c01")
    assert json.loads(again.payload)["seq"] == 1
    twice = renumbered(again, epoch="newer", seq=1)
    assert gap_of(twice.payload).lost_epoch == "9f3a6c01"


def test_what_is_not_ours_is_not_told_under_another_number() -> None:
    with pytest.raises(ValueError, match="neither"):
        renumbered(Message("d/event", b'{"seq":1}'), epoch="new", seq=1)

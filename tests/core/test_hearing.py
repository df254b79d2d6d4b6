from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core import topics
from edge.core.gaps import Gap, gap_message
from edge.core.hearing import LARGEST, device_of, numbers_of, read, reread
from edge.core.told import ToldEvent, ToldGap, missing
from edge.core.wire import event_payload
from tests.consume.telling import DEVICE, EPOCH, KEY, altered, event_message, gap_of
from tests.drawn import events
from tests.samples import NOON_NS

if TYPE_CHECKING:
    from edge.types import Event, Message

EVENT = event_message(7)
GAP = gap_of(5, 9)


def test_an_event_is_read_with_its_numbers_and_its_change() -> None:
    event = read(EVENT.topic, EVENT.payload)
    assert isinstance(event, ToldEvent)
    assert (event.key, event.span) == (KEY, (7, 7))
    assert (event.change_id, event.kind, event.score, event.area_px) == ("c-1", "disappeared", 0.83, 119)
    assert (event.ts, event.ended, event.late) == ("2026-11-22T12:00:00.000Z", None, False)


def test_an_event_told_late_is_read_from_its_other_topic() -> None:
    late = altered(EVENT, late=True)
    event = read(topics.late(EVENT.topic), late.payload)
    assert isinstance(event, ToldEvent)
    assert event.late


def test_a_gap_takes_up_every_number_from_its_first_to_its_own() -> None:
    gap = read(GAP.topic, GAP.payload)
    assert isinstance(gap, ToldGap)
    assert (gap.span, gap.count, gap.reason, gap.told_by) == ((5, 9), 5, "full", "device")


def test_a_gap_of_events_without_numbers_takes_up_its_own() -> None:
    message = gap_message(Gap(None, "damaged", None, "0ld"), ts_ns=NOON_NS, device=DEVICE, epoch=EPOCH, seq=3)
    gap = read(message.topic, message.payload)
    assert isinstance(gap, ToldGap)
    assert (gap.span, gap.lost_epoch) == ((3, 3), "0ld")


@given(events(), st.integers(1, 2**53 - 1))
@settings(max_examples=25)
def test_whatever_a_device_can_tell_is_read(event: Event, seq: int) -> None:
    payload = event_payload(
        event, device=DEVICE, epoch=EPOCH, seq=seq, boot="b", ts_ns=NOON_NS, clock_synced=True
    )
    topic = topics.event(topics.base(DEVICE), json.loads(payload)["camera"])
    if re.search(rb"(?<!\\)(\\\\)*\\u0000", payload):  # no database keeps it
        with pytest.raises(ValueError, match="zero byte"):
            read(topic, payload)
    else:
        assert read(topic, payload).span == (seq, seq)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"PRESS", id="no-json"),
        pytest.param(b"[1]", id="no-object"),
        pytest.param(b'"\xff"', id="no-utf-8"),
        pytest.param(b"[" * 9000, id="nested-too-deeply"),
        pytest.param(b" " * LARGEST + b"{}", id="too-long"),
        pytest.param(EVENT.payload.replace(b"0.83", b"NaN"), id="no-number"),
        pytest.param(EVENT.payload.replace(b"0.83", b"1e999"), id="an-infinity"),
        pytest.param(altered(EVENT, extra="\0").payload, id="a-zero-byte"),
        pytest.param(altered(EVENT, extra="\ud800").payload, id="half-a-surrogate-pair"),
        pytest.param(altered(EVENT, schema="stillwatch.event/2").payload, id="another-version"),
        pytest.param(altered(EVENT, device="other").payload, id="another-device-than-its-topic"),
        pytest.param(altered(EVENT, camera="other").payload, id="another-camera-than-its-topic"),
        pytest.param(altered(EVENT, epoch="a/b").payload, id="an-epoch-that-is-no-part-of-a-topic"),
        pytest.param(altered(EVENT, seq=0).payload, id="a-number-below-the-first"),
        pytest.param(altered(EVENT, seq=2**53).payload, id="a-number-too-high"),
        pytest.param(altered(EVENT, seq=True).payload, id="a-truth-for-a-number"),
        pytest.param(altered(EVENT, seq=7.0).payload, id="a-fraction-for-a-number"),
        pytest.param(altered(EVENT, ts="2026-02-30T00:00:00.000Z").payload, id="a-day-that-never-was"),
        pytest.param(altered(EVENT, ts="0000-01-01T00:00:00.000Z").payload, id="the-year-zero"),
        pytest.param(altered(EVENT, ts="2026-01-01 00:00:00").payload, id="a-moment-in-another-form"),
        pytest.param(altered(EVENT, score=2).payload, id="a-score-above-one"),
        pytest.param(altered(EVENT, change_id="c" * 129).payload, id="a-name-too-long"),
        pytest.param(altered(EVENT, regions=[{}] * 65).payload, id="too-many-regions"),
        pytest.param(altered(EVENT, view=...).payload, id="a-key-missing"),
    ],
)
def test_what_is_no_event_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(EVENT.topic, payload)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"first_seq": 9, "last_seq": 5}, id="a-range-backwards"),
        pytest.param({"first_seq": None}, id="half-a-range"),
        pytest.param({"reason": "because!"}, id="a-reason-that-is-no-word"),
        pytest.param({"count": -1}, id="fewer-than-none"),
    ],
)
def test_what_is_no_gap_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(GAP.topic, altered(GAP, **changes).payload)


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(EVENT.topic, payload)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=3), scalars, max_size=3)


@given(st.sampled_from(sorted(json.loads(EVENT.payload))), values)
def test_no_value_at_any_key_does_more_than_be_refused(key: str, value: object) -> None:
    try:
        read(EVENT.topic, altered(EVENT, **{key: value}).payload)
    except ValueError:
        return


def test_unknown_keys_are_kept_and_do_no_harm() -> None:
    event = read(EVENT.topic, altered(EVENT, novelty=[1, {"deep": None}]).payload)
    assert json.loads(event.payload)["novelty"] == [1, {"deep": None}]


@pytest.mark.parametrize("message", [EVENT, GAP], ids=["event", "gap"])
def test_what_was_kept_reads_the_same_again(message: Message) -> None:
    told = read(message.topic, message.payload)
    assert reread(told.payload) == told


def test_a_gap_that_we_declared_reads_the_same_again() -> None:
    gap = missing(KEY, 4, 6, reason="unreadable", ts="2026-11-22T12:00:00.000Z")
    assert (reread(gap.payload), gap.told_by, gap.span) == (gap, "consumer", (4, 6))


def test_a_wrong_message_still_says_its_number() -> None:
    wrong = altered(EVENT, score="high")
    assert numbers_of(wrong.topic, wrong.payload) == (KEY, 7)


@pytest.mark.parametrize("payload", [b"rubbish", b"{}", b'{"seq":1}'], ids=["no-json", "empty", "no-epoch"])
def test_rubbish_has_no_number(payload: bytes) -> None:
    assert numbers_of(EVENT.topic, payload) is None


@pytest.mark.parametrize(
    ("topic", "device"),
    [
        pytest.param("stillwatch/v1/bench1/cam/shelf/event", "bench1", id="events"),
        pytest.param("stillwatch/v1/bench1/cam/shelf/event/late", "bench1", id="late-events"),
        pytest.param("stillwatch/v1/bench1/gap", "bench1", id="gaps"),
        pytest.param("stillwatch/v1/bench1/cam/shelf/state", None, id="states"),
        pytest.param("stillwatch/v1/BENCH/gap", None, id="a-device-that-cannot-be"),
        pytest.param("stillwatch/v1/bench1/gap\n", None, id="a-line-end"),
    ],
)
def test_the_topic_says_whose_events_they_are(topic: str, device: str | None) -> None:
    assert device_of(topic) == device

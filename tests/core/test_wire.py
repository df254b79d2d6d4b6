from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core import topics
from edge.core.encoding import rfc3339
from edge.core.wire import LISTED_CHANGES, as_late, cloud_event, event_payload, state_payload
from edge.types import Box, Calibration, ChangeStatus, Event, Message, View
from tests.drawn import changes, events
from tests.samples import NOON_NS, a_change, an_event
from tests.schema_faults import faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import Change

TOPIC = topics.event(topics.base("bench1"), "shelf")


def told(event: Event, *, seq: int = 1042) -> bytes:
    """Tell ``event`` as the device bench1 would."""
    return event_payload(
        event, device="bench1", epoch="9f3a6c01", seq=seq, boot="b7c1", ts_ns=NOON_NS, clock_synced=True
    )


def state_of(
    changes: Sequence[Change],
    *,
    score: float = 0.83,
    ref: str | None = "day-3",
    ref_age_s: float | None = 86400.2,
) -> bytes:
    """Tell the state of a camera with these changes."""
    return state_payload(
        ts_ns=NOON_NS,
        changes=changes,
        view=View.OK,
        light="day",
        score=score,
        threshold=0.6,
        activity=False,
        ref=ref,
        ref_age_s=ref_age_s,
        armed=True,
        sensitivity=0.5,
    )


def test_an_event_reads_like_the_contract() -> None:
    assert told(an_event(a_change("c-41"))).decode() == (
        '{"schema":"stillwatch.event/1","event_type":"change_started","change_id":"c-41","epoch":"9f3a6c01",'
        '"seq":1042,"boot":"b7c1","late":false,"ts":"2026-11-22T12:00:00.000Z",'
        '"captured":"2026-11-22T12:00:00.900Z","clock_synced":true,"device":"bench1","camera":"shelf",'
        '"started":"2026-11-22T12:00:00.000Z","ended":null,"end_reason":null,"view":"ok",'
        '"kind":"disappeared","score":0.83,"threshold":0.6,"persisted_s":0.6,'
        '"regions":[{"box":[0.015625,0.037037,0.005208,0.011111],"area_px":119,"score":0.83,"zone":null}],'
        '"frame":{"w":1920,"h":1080,"shift_px":[0.4,-0.2],"rotation_deg":0.0,"zoom":1.0},'
        '"ref":{"id":"day-3","light":"day"},'
        '"model":{"id":"siam-s","version":"1.4.0","delegate":"cpu","infer_ms":6.1},'
        '"image":{"sha256":null,"url":null}}'
    )


def test_an_event_about_the_view_has_no_change_and_no_regions() -> None:
    said = json.loads(told(an_event()))
    about_a_change = ("change_id", "started", "ended", "end_reason", "kind", "score", "persisted_s")
    assert ([said[key] for key in about_a_change], said["regions"], said["view"]) == (
        [None] * 7,
        [],
        "covered",
    )


def test_an_ended_change_says_when_and_why() -> None:
    said = json.loads(told(an_event(a_change(status=ChangeStatus.ENDED))))
    assert (said["ended"], said["end_reason"]) == ("2026-11-22T12:00:02.000Z", "reverted")


@given(events())
def test_any_event_obeys_the_schema_to_the_letter(event: Event) -> None:
    assert faults("event", told(event)) == []


@given(events())
def test_no_event_says_anything_but_finite_numbers(event: Event) -> None:
    def refuse(word: str) -> None:
        pytest.fail(f"{word} is no JSON")

    json.loads(told(event), parse_constant=refuse)


@given(st.data(), st.integers(1, 65536), st.integers(1, 65536))
def test_every_box_can_be_told_back_in_exact_pixels(data: st.DataObject, width: int, height: int) -> None:
    change = data.draw(changes(width, height))
    event = an_event(change)
    sized = Event(
        event.event_type,
        event.camera,
        event.decided_ns,
        event.captured_ns,
        change,
        event.view,
        event.threshold,
        (width, height),
        event.shift_px,
        event.reference,
        event.model,
        event.infer_ms,
    )
    x, y, w, h = json.loads(told(sized))["regions"][0]["box"]
    left, top = round(x * width), round(y * height)
    assert Box(left, top, left + round(w * width), top + round(h * height)) == change.mask.box


@given(events())
def test_a_late_event_differs_in_its_topic_and_in_being_late(event: Event) -> None:
    live = Message(TOPIC, told(event))
    late = as_late(live)
    assert late.topic == f"{TOPIC}/late"
    assert json.loads(late.payload) == {**json.loads(live.payload), "late": True}


def test_a_name_that_spells_the_mark_of_a_late_event_is_left_alone() -> None:
    change = a_change('x","late":false,"y":"')
    said = json.loads(as_late(Message(TOPIC, told(an_event(change)))).payload)
    assert (said["change_id"], said["late"]) == (change.change_id, True)


def test_an_event_is_a_cloud_event_as_well() -> None:
    assert cloud_event(Message(TOPIC, told(an_event(a_change())))) == {
        "specversion": "1.0",
        "id": "bench1/9f3a6c01/1042",
        "source": "/stillwatch/bench1/shelf",
        "type": "io.stillwatch.change_started",
        "time": "2026-11-22T12:00:00.000Z",
    }


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"online", id="plain-text"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"schema":"stillwatch.state/1"}', id="a-state"),
        pytest.param(b"\xff\xd8\xff", id="a-jpeg"),
    ],
)
def test_what_is_no_event_has_no_cloud_event_attributes(payload: bytes) -> None:
    assert cloud_event(Message(TOPIC, payload)) == {}


def test_a_state_reads_like_the_contract() -> None:
    assert state_of([a_change("c-41")]).decode() == (
        '{"schema":"stillwatch.state/1","ts":"2026-11-22T12:00:00.000Z","change":"ON","view":"ok","light":"day",'
        '"score":0.83,"threshold":0.6,"area_px":119,"open":1,"change_ids":["c-41"],"activity":false,'
        '"ref":"day-3","ref_age_s":86400,"armed":true,"sensitivity":0.5,"calibration":null}'
    )


@pytest.mark.parametrize(
    ("statuses", "change", "ids"),
    [
        pytest.param([], "OFF", [], id="nothing-changed"),
        pytest.param([ChangeStatus.ENDED], "OFF", [], id="what-ended-is-over"),
        pytest.param([ChangeStatus.SUSPENDED], "ON", ["c-0"], id="what-is-hidden-has-not-ended"),
        pytest.param([ChangeStatus.ENDED, ChangeStatus.OPEN], "ON", ["c-1"], id="one-is-enough"),
    ],
)
def test_a_camera_is_on_while_a_change_has_not_ended(
    statuses: list[ChangeStatus], change: str, ids: list[str]
) -> None:
    said = json.loads(state_of([a_change(f"c-{n}", status=status) for n, status in enumerate(statuses)]))
    assert (said["change"], said["open"], said["change_ids"]) == (change, len(ids), ids)


def test_a_state_counts_all_open_changes_and_names_a_bounded_number() -> None:
    said = json.loads(state_of([a_change(f"c-{n}") for n in range(LISTED_CHANGES + 1)]))
    assert (said["open"], len(said["change_ids"])) == (LISTED_CHANGES + 1, LISTED_CHANGES)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(state_of([a_change()]), id="with-a-change"),
        pytest.param(
            state_of([], score=float("nan"), ref=None, ref_age_s=None), id="before-there-is-a-reference"
        ),
        pytest.param(state_of([], score=float("inf"), ref_age_s=-5.0), id="with-a-clock-that-went-backwards"),
        pytest.param(
            state_of([a_change(f"c-{n}") for n in range(LISTED_CHANGES + 1)]), id="with-many-changes"
        ),
    ],
)
def test_a_state_obeys_the_schema_to_the_letter(payload: bytes) -> None:
    assert faults("state", payload) == []


@pytest.mark.parametrize(
    ("wall_ns", "text"),
    [
        pytest.param(0, "1970-01-01T00:00:00.000Z", id="the-epoch"),
        pytest.param(-1, "1970-01-01T00:00:00.000Z", id="nothing-before-it"),
        pytest.param(999_999, "1970-01-01T00:00:00.000Z", id="cut-not-rounded"),
        pytest.param(NOON_NS + 123_456_789, "2026-11-22T12:00:00.123Z", id="milliseconds"),
        pytest.param(2**80, "9999-12-31T23:59:59.999Z", id="nothing-after-four-digits"),
    ],
)
def test_times_are_told_in_utc(wall_ns: int, text: str) -> None:
    assert rfc3339(wall_ns) == text


def test_a_state_says_how_the_budget_of_false_alarms_stands() -> None:
    calibration = Calibration(1.0, 2.5, 1.0, 3, (0.24, 3.5), 0.01, 0.002, held=True)
    told = state_payload(
        ts_ns=NOON_NS,
        changes=[],
        view=View.OK,
        light="day",
        score=0.0,
        threshold=0.6,
        activity=False,
        ref="day-1",
        ref_age_s=1.0,
        armed=True,
        sensitivity=0.5,
        calibration=calibration,
    )
    assert faults("state", told) == []
    assert json.loads(told)["calibration"] == {
        "budget_per_day": 1.0,
        "days": 2.5,
        "days_needed": 1.0,
        "told": 3,
        "interval_per_day": [0.24, 3.5],
        "raised": 0.01,
        "unwatchable": 0.002,
        "held": True,
    }

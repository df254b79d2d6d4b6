import json
from pathlib import Path

import numpy as np
import pytest

from edge.demo.recording import Recording, Sight, is_event
from edge.demo.subscriber import Heard
from edge.demo.timeline import Span

BEGAN_NS = 1_767_225_600_000_000_000
TOPIC = "stillwatch/v1/demo/cam/table"


def stamp(second: float) -> str:
    return f"2026-01-01T00:00:{second:06.3f}Z"


def event(second: float, seq: int, event_type: str, change_id: str | None = "table-1") -> Heard:
    payload: dict[str, object] = {
        "event_type": event_type,
        "change_id": change_id,
        "epoch": "e",
        "seq": seq,
        "captured": stamp(second),
        "regions": [],
        "end_reason": None,
    }
    arrived_ns = BEGAN_NS + round((second + 0.25) * 1e9)
    return Heard(f"{TOPIC}/event", json.dumps(payload).encode(), arrived_ns, retained=False)


def state(second: float, view: str, *, activity: bool = False) -> Heard:
    payload = {"ts": stamp(second), "view": view, "activity": activity, "open": 0}
    return Heard(f"{TOPIC}/state", json.dumps(payload).encode(), BEGAN_NS, retained=True)


def recording(*heard: Heard, real_time: bool = True, made: int = 0) -> Recording:
    sight = Sight(0.0, "all", np.zeros((36, 64, 3), np.uint8))
    return Recording(
        began_ns=BEGAN_NS,
        seconds=30.0,
        frames=150,
        real_time=real_time,
        heard=heard,
        views=[sight],
        pictures=[Path("out/evidence/000001-x-table-1-change_started-after.jpg")],
        made=made,
    )


STARTED, ENDED = event(5.0, 1, "change_started"), event(9.0, 2, "change_ended")


def test_events_are_told_apart_from_the_rest_and_counted_once() -> None:
    status = Heard("stillwatch/v1/demo/status", b"online", BEGAN_NS, retained=True)
    heard = recording(status, STARTED, state(6.0, "ok"), STARTED, ENDED)
    assert [told.seq for _, told in heard.events()] == [1, 2]
    assert heard.count() == {"change_started": 1, "change_ended": 1}


@pytest.mark.parametrize(
    ("topic", "told"),
    [("a/event", True), ("a/event/late", True), ("a/state", False), ("a/events", False), ("a/late", False)],
)
def test_events_are_told_on_two_topics(topic: str, told: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_event(topic) == told


def test_events_that_did_not_arrive_are_missed() -> None:
    assert recording(STARTED, STARTED, made=3).unheard == 2


def test_activity_lasts_until_the_state_says_otherwise() -> None:
    heard = recording(
        state(1.0, "ok"),
        state(2.0, "ok", activity=True),
        state(3.0, "ok", activity=True),
        state(4.0, "ok"),
        state(20.0, "ok", activity=True),
    )
    assert heard.activity() == [Span(2.0, 4.0, "activity"), Span(20.0, 30.0, "activity")]
    assert heard.active_s() == [2.0, 3.0, 20.0]


@pytest.mark.parametrize(
    ("heard", "until_s"),
    [
        pytest.param([state(0.0, "learning"), state(6.0, "ok")], 6.0, id="until-the-view-is-ok"),
        pytest.param([state(0.0, "learning")], 30.0, id="to-the-end"),
        pytest.param([], 30.0, id="nothing-was-said"),
    ],
)
def test_learning(heard: list[Heard], until_s: float) -> None:
    assert recording(*heard).learning() == [Span(0.0, until_s, "learning")]


def test_a_change_is_open_from_its_start_to_its_end() -> None:
    other = event(7.0, 3, "change_started", "table-2")
    spans = recording(STARTED, other, ENDED).changes()
    assert spans == [Span(5.0, 9.0, "table-1"), Span(7.0, 30.0, "table-2")]


def test_latency_counts_from_the_picture_to_the_arrival() -> None:
    assert recording(STARTED, ENDED).usual_latency_ms() == pytest.approx(250.0)


def test_there_is_no_latency_where_time_is_not_real() -> None:
    assert recording(STARTED, ENDED, real_time=False).usual_latency_ms() is None

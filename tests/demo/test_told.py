import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.demo.told import Area, State, Told, read_event, read_state, wall_ns

BEGAN_NS = 1_767_225_600_000_000_000
EVENT = {
    "event_type": "change_ended",
    "change_id": "table-1",
    "epoch": "9f3a",
    "seq": 7,
    "captured": "2026-01-01T00:00:12.250Z",
    "regions": [{"box": [0.5, 0.25, 0.125, 0.25]}],
    "end_reason": "reverted",
}
STATE = {"ts": "2026-01-01T00:00:03.000Z", "view": "ok", "activity": True, "open": 2}


def test_an_event_is_read() -> None:
    told = read_event(json.dumps(EVENT).encode(), began_ns=BEGAN_NS)
    area = Area(0.5, 0.25, 0.625, 0.5)
    assert told == Told("9f3a", 7, "change_ended", "table-1", 12.25, (area,), "reverted")


def test_a_state_is_read() -> None:
    assert read_state(json.dumps(STATE).encode(), began_ns=BEGAN_NS) == State(
        3.0, "ok", activity=True, open=2
    )


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"online", id="plain-text"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b"\xff", id="no-text"),
        pytest.param(b"{}", id="an-empty-object"),
        pytest.param(json.dumps({**EVENT, "regions": [{"box": [1, 2]}]}).encode(), id="half-a-box"),
        pytest.param(json.dumps({**EVENT, "captured": "yesterday"}).encode(), id="no-time"),
    ],
)
def test_what_is_no_event_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which words is not the point
        read_event(payload, began_ns=BEGAN_NS)


@pytest.mark.parametrize("payload", [b"online", b"[]", b"\xff", b"{}"])
def test_what_is_no_state_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which words is not the point
        read_state(payload, began_ns=BEGAN_NS)


@given(st.integers(0, 4_000_000_000_000))
def test_milliseconds_survive(ms: int) -> None:
    seconds, rest = divmod(BEGAN_NS // 1_000_000 + ms % 86_400_000, 1000)
    clock = seconds % 86_400
    text = f"2026-01-01T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}.{rest:03}Z"
    assert wall_ns(text) == BEGAN_NS + (ms % 86_400_000) * 1_000_000


@pytest.mark.parametrize(
    ("other", "touches"),
    [
        pytest.param(Area(0.3, 0.3, 0.5, 0.5), True, id="a-corner-overlaps"),
        pytest.param(Area(0.4, 0.2, 0.5, 0.4), False, id="a-common-edge-is-none"),
        pytest.param(Area(0.25, 0.25, 0.26, 0.26), True, id="one-inside-the-other"),
        pytest.param(Area(0.3, 0.5, 0.5, 0.6), False, id="below"),
    ],
)
def test_areas_touch(other: Area, touches: bool) -> None:  # noqa: FBT001 - a column of the table
    one = Area(0.2, 0.2, 0.4, 0.4)
    assert (one.touches(other), other.touches(one)) == (touches, touches)

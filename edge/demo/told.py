"""What a subscriber was told, read from the bytes it got."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Area:
    """A place in the view, as shares of its width and height, half-open."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Area) -> bool:
        """Return whether the two share any place."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0 and down > 0


@dataclass(frozen=True, slots=True)
class Told:
    """One event, as far as the demonstration looks at it.

    Attributes:
        epoch: Which journal numbered it.
        seq: Its number there.
        event_type: ``change_started`` and so on.
        change_id: The change it is about; empty for the view and the reference.
        captured_s: When its picture was taken, in seconds of the scene.
        areas: Where.
        end_reason: Why the change ended; empty while it has not.
    """

    epoch: str
    seq: int
    event_type: str
    change_id: str
    captured_s: float
    areas: tuple[Area, ...] = ()
    end_reason: str = ""


def read_event(payload: bytes, *, began_ns: int) -> Told:
    """Read a ``stillwatch.event/1``.

    Args:
        payload: JSON as it came over MQTT.
        began_ns: Wall clock of second 0 of the scene.

    Raises:
        ValueError: It is none.
    """
    try:
        event = json.loads(payload)
        return Told(
            epoch=str(event["epoch"]),
            seq=int(event["seq"]),
            event_type=str(event["event_type"]),
            change_id=str(event["change_id"] or ""),
            captured_s=(wall_ns(event["captured"]) - began_ns) / 1e9,
            areas=tuple(_area(region["box"]) for region in event["regions"]),
            end_reason=str(event["end_reason"] or ""),
        )
    except (KeyError, TypeError) as error:
        msg = f"not an event: {error!r}"
        raise ValueError(msg) from error


@dataclass(frozen=True, slots=True)
class State:
    """A camera's truth at one moment, as far as the demonstration looks at it.

    Attributes:
        said_s: When it was said, in seconds of the scene.
        view: ``ok``, ``learning`` and so on.
        activity: Whether something moved that is no change.
        open: How many changes had not ended.
    """

    said_s: float
    view: str
    activity: bool
    open: int


def read_state(payload: bytes, *, began_ns: int) -> State:
    """Read a ``stillwatch.state/1``.

    Args:
        payload: JSON as it came over MQTT.
        began_ns: Wall clock of second 0 of the scene.

    Raises:
        ValueError: It is none.
    """
    try:
        state = json.loads(payload)
        return State(
            said_s=(wall_ns(state["ts"]) - began_ns) / 1e9,
            view=str(state["view"]),
            activity=bool(state["activity"]),
            open=int(state["open"]),
        )
    except (KeyError, TypeError) as error:
        msg = f"not a state: {error!r}"
        raise ValueError(msg) from error


def wall_ns(rfc3339: str) -> int:
    """Return a time such as ``2026-01-02T03:04:05.678Z`` as nanoseconds since 1970.

    Raises:
        ValueError: It is none.
    """
    at = datetime.fromisoformat(rfc3339.replace("Z", "+00:00"))
    # Milliseconds as a whole number: a float cannot hold today's nanoseconds.
    return round(at.timestamp() * 1000) * 1_000_000


def _area(box: list[float]) -> Area:
    left, top, width, height = (float(number) for number in box)
    return Area(left, top, left + width, top + height)

"""What is said about changes: events, and a camera's state.

Each document's fields are described in ``edge/schemas``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from edge.core import topics
from edge.core.encoding import canonical, fraction, milliseconds, model_tag, number, rfc3339, whole_seconds
from edge.core.masks import inside
from edge.types import ChangeStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import Calibration, Change, Event, Message, View

EVENT = "stillwatch.event/1"
STATE = "stillwatch.state/1"
GAP = "stillwatch.gap/1"

LISTED_CHANGES = 100
"""How many ids of open changes a state names at most; ``open`` counts them all."""

EVENT_START = b'{"schema":"' + EVENT.encode() + b'",'
_LIVE_MARK, _LATE_MARK = b'"late":false', b'"late":true'


def event_payload(  # noqa: PLR0913 - an event says who, when, and under which number
    event: Event,
    *,
    device: str,
    epoch: str,
    seq: int,
    boot: str,
    ts_ns: int,
    clock_synced: bool,
) -> bytes:
    """Return an event as ``stillwatch.event/1``, marked as not late.

    Args:
        event: What happened.
        device: The device's id.
        epoch: The journal's random id.
        seq: The event's number within the epoch, from 1.
        boot: Random id of this run of the program.
        ts_ns: Wall clock of the telling.
        clock_synced: Whether the wall clock can be believed.
    """
    change = event.change
    width, height = (int(side) for side in event.frame_size)
    placed = change is not None and inside(change.mask.box, (height, width))
    return canonical(
        {
            "schema": EVENT,
            "event_type": event.event_type.value,
            "change_id": change.change_id if change else None,
            "epoch": epoch,
            "seq": seq,
            "boot": boot,
            "late": False,
            "ts": rfc3339(ts_ns),
            "captured": rfc3339(event.captured_ns),
            "clock_synced": clock_synced,
            "device": device,
            "camera": event.camera,
            "started": rfc3339(change.started_ns) if change else None,
            "ended": rfc3339(change.ended_ns) if change and change.ended_ns is not None else None,
            "end_reason": change.end_reason.value if change and change.end_reason else None,
            "view": event.view.value,
            "kind": change.kind.value if change else None,
            "score": fraction(change.score) if change else None,
            "threshold": fraction(event.threshold),
            "persisted_s": number(change.persisted_s, 0, 1e9, digits=3) if change else None,
            "regions": [_region(change, width, height)] if change and placed else [],
            "frame": {
                "w": width,
                "h": height,
                "shift_px": [number(shift, -1e5, 1e5, digits=2) for shift in event.shift_px],
                "rotation_deg": number(event.rotation_deg, -180, 180, digits=2),
                "zoom": number(event.zoom, 0, 1e3, digits=4),
            },
            "ref": {"id": event.reference[0], "light": event.reference[1]},
            "model": {**model_tag(event.model), "infer_ms": milliseconds(event.infer_ms)},
            "image": {"sha256": None, "url": None},
        }
    )


def state_payload(  # noqa: PLR0913 - a state is this many facts
    *,
    ts_ns: int,
    changes: Sequence[Change],
    view: View,
    light: str,
    score: float,
    threshold: float,
    activity: bool,
    ref: str | None,
    ref_age_s: float | None,
    armed: bool,
    sensitivity: float,
    calibration: Calibration | None = None,
) -> bytes:
    """Return a camera's current truth as ``stillwatch.state/1``.

    Args:
        ts_ns: Wall clock of the telling.
        changes: The camera's changes; those that have ended are left out.
        view: Whether the view can be judged.
        light: The light state in force.
        score: The highest score of the last look, in ``[0, 1]``.
        threshold: Score that a region must reach somewhere, in ``[0, 1]``.
        activity: Whether something moves that is no change.
        ref: Id of the reference; ``None`` while there is none.
        ref_age_s: Seconds since the reference was last updated.
        armed: Whether changes are told.
        sensitivity: How faint a difference may be, in ``[0, 1]``.
        calibration: How thresholds stand to the budget of false alarms; ``None`` while
            the scene is learned.
    """
    still = [change for change in changes if change.status is not ChangeStatus.ENDED]
    return canonical(
        {
            "schema": STATE,
            "ts": rfc3339(ts_ns),
            "change": "ON" if still else "OFF",
            "view": view.value,
            "light": light,
            "score": fraction(score),
            "threshold": fraction(threshold),
            "area_px": sum(change.mask.area_px for change in still),
            "open": len(still),
            "change_ids": [change.change_id for change in still[:LISTED_CHANGES]],
            "activity": activity,
            "ref": ref,
            "ref_age_s": None if ref_age_s is None else whole_seconds(ref_age_s),
            "armed": armed,
            "sensitivity": fraction(sensitivity),
            "calibration": None if calibration is None else _calibration(calibration),
        }
    )


def _calibration(one: Calibration) -> dict[str, object]:
    interval = one.interval_per_day
    return {
        "budget_per_day": number(one.budget_per_day, 0, 1e6, digits=3),
        "days": number(one.days, 0, 1e6, digits=3),
        "days_needed": number(one.days_needed, 0, 1e6, digits=3),
        "told": one.told,
        "interval_per_day": interval and [number(rate, 0, 1e9, digits=3) for rate in interval],
        "raised": fraction(one.raised),
        "unwatchable": fraction(one.unwatchable),
        "held": one.held,
    }


def as_late(message: Message) -> Message:
    """Return an event's message for the topic of events that are no longer news.

    The mark cannot occur inside a JSON string, where its quotes would be escaped.
    """
    payload = message.payload.replace(_LIVE_MARK, _LATE_MARK, 1)
    return replace(message, topic=topics.late(message.topic), payload=payload)


def cloud_event(message: Message) -> dict[str, str]:
    """Return the CloudEvents attributes of an event's message; empty for any other.

    Source:
        CloudEvents 1.0.2, MQTT protocol binding 1.0.2, section 3.1 (binary mode).
    """
    if not message.payload.startswith(EVENT_START):
        return {}
    said = json.loads(message.payload)
    return {
        "specversion": "1.0",
        "id": f"{said['device']}/{said['epoch']}/{said['seq']}",
        "source": f"/stillwatch/{said['device']}/{said['camera']}",
        "type": f"io.stillwatch.{said['event_type']}",
        "time": said["ts"],
    }


def _region(change: Change, width: int, height: int) -> dict[str, object]:
    box = change.mask.box
    place = (box.left / width, box.top / height, box.width / width, box.height / height)
    return {
        # A millionth: two thousandths of a pixel at 4K, so pixels can be told back exactly.
        "box": [number(part, 0, 1, digits=6) for part in place],
        "area_px": change.mask.area_px,
        "score": fraction(change.score),
        "zone": None,
    }

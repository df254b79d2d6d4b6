"""Changes and events that tests send on their way."""

from __future__ import annotations

import numpy as np

from edge.types import (
    Box,
    Change,
    ChangeStatus,
    EndReason,
    Event,
    EventType,
    Kind,
    Mask,
    ModelTag,
    View,
)

NOON_NS = 1_795_348_800_000_000_000
"""2026-11-22T12:00:00Z."""

MODEL = ModelTag("siam-s", "1.4.0", "cpu")


def a_change(
    change_id: str = "c-1",
    *,
    camera: str = "shelf",
    status: ChangeStatus = ChangeStatus.OPEN,
    box: Box | None = None,
) -> Change:
    """Return a change of ten by twelve pixels, with a corner missing."""
    box = box or Box(30, 40, 40, 52)
    bits = np.ones((box.height, box.width), np.bool_)
    bits[0, 0] = False
    ended = status is ChangeStatus.ENDED
    return Change(
        change_id,
        camera,
        status,
        Mask(box, bits),
        Kind.DISAPPEARED,
        score=0.83,
        started_ns=NOON_NS,
        seen_ns=NOON_NS + 1_000_000_000,
        persisted_s=0.6,
        ended_ns=NOON_NS + 2_000_000_000 if ended else None,
        end_reason=EndReason.REVERTED if ended else None,
    )


def an_event(
    change: Change | None = None,
    *,
    event_type: EventType = EventType.CHANGE_STARTED,
    camera: str = "shelf",
) -> Event:
    """Return an event about ``change``, or about the view where there is none."""
    return Event(
        event_type if change else EventType.VIEW_ALERT,
        change.camera if change else camera,
        decided_ns=NOON_NS + 1_000_000_000,
        captured_ns=NOON_NS + 900_000_000,
        change=change,
        view=View.OK if change else View.COVERED,
        threshold=0.6,
        frame_size=(1920, 1080),
        shift_px=(0.4, -0.2),
        reference=("day-3", "day"),
        model=MODEL,
        infer_ms=6.1,
    )

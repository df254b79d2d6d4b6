"""Changes and events that tests send on their way."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

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

if TYPE_CHECKING:
    from collections.abc import Mapping

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


_names = st.from_regex(r"[a-z0-9_-]{1,32}", fullmatch=True)
_texts = st.text(max_size=32)
_numbers = st.floats(width=32)  # NaN and the infinities included
_times_ns = st.integers(-(2**63), 2**63 - 1)
_sides = st.integers(1, 65536)


@st.composite
def changes(draw: st.DrawFn, width: int, height: int) -> Change:
    """Draw a change somewhere in an image of ``width`` by ``height``."""
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    right = draw(st.integers(left + 1, min(width, left + 64)))
    bottom = draw(st.integers(top + 1, min(height, top + 64)))
    box = Box(left, top, right, bottom)
    bits = np.random.default_rng(draw(st.integers(0, 99))).random((box.height, box.width)) < 0.5
    return Change(
        f"c-{draw(st.integers(1, 10**6))}",
        draw(_names),
        draw(st.sampled_from(ChangeStatus)),
        Mask(box, bits),
        draw(st.sampled_from(Kind)),
        score=draw(_numbers),
        started_ns=draw(_times_ns),
        seen_ns=draw(_times_ns),
        persisted_s=draw(_numbers),
        ended_ns=draw(st.none() | _times_ns),
        end_reason=draw(st.none() | st.sampled_from(EndReason)),
    )


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw any event at all, with numbers that no engine should give."""
    width, height = draw(_sides), draw(_sides)
    return Event(
        draw(st.sampled_from(EventType)),
        draw(_names),
        decided_ns=draw(_times_ns),
        captured_ns=draw(_times_ns),
        change=draw(st.none() | changes(width, height)),
        view=draw(st.sampled_from(View)),
        threshold=draw(_numbers),
        frame_size=(width, height),
        shift_px=(draw(_numbers), draw(_numbers)),
        reference=(draw(_texts), draw(_texts)),
        model=ModelTag(draw(_texts), draw(_texts), draw(_texts)),
        infer_ms=draw(_numbers),
    )


def strict(schema: Mapping[str, object]) -> dict[str, object]:
    """Return ``schema`` with every object closed: what is not described is a fault."""
    closed: dict[str, object] = {
        key: strict(part) if isinstance(part, dict) else part for key, part in schema.items()
    }
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        closed["additionalProperties"] = False
    return closed


def read_schema(name: str) -> dict[str, object]:
    """Read a schema that ships with the package, such as ``event``."""
    text = (resources.files("edge") / "schemas" / f"stillwatch.{name}.1.json").read_text(encoding="utf-8")
    schema: dict[str, object] = json.loads(text)
    return schema


def faults(name: str, payload: bytes) -> list[str]:
    """Return what the strict variant of a schema holds against ``payload``."""
    validator = Draft202012Validator(strict(read_schema(name)))
    return [fault.message for fault in validator.iter_errors(json.loads(payload))]

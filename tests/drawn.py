"""Changes and events of every kind, drawn by hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from edge.types import Box, Change, ChangeStatus, EndReason, Event, EventType, Kind, Mask, ModelTag, View

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

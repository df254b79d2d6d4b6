"""What somebody who reads the log of a running device wants to know: a line when something happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.types import EndReason, EventType, View

if TYPE_CHECKING:
    from edge.types import Change, Event

WELL = (View.OK, View.LEARNING)
"""States of a view that nobody has to do anything about."""

_VIEWS = {
    View.LEARNING: "learning how its view looks; leave it as it should be",
    View.OK: "watching: what differs from now on is told",
    View.MOVED: "the view has moved; put the camera back, or `stillwatch camera relearn {camera}`",
    View.COVERED: "something covers the view; take it away",
    View.DARK: "too dark to see anything; switch a light on, or use an infrared camera",
    View.BLURRED: "the view is blurred; wipe the lens, or focus it",
    View.FROZEN: "always the same picture; restart the camera",
}
_ENDS = {
    EndReason.REVERTED: "looks as it should again",
    EndReason.ACCEPTED: "accepted: this is how it should look from now on",
    EndReason.ABSORBED: "counts as normal now: there for so long, or the view is learned anew",
    EndReason.DISARMED: "over, the camera was disarmed",
}


def view_remark(view: View, camera: str) -> str | None:
    """Say what a view's new state means, and what to do; ``None`` where the camera's driver says it."""
    words = _VIEWS.get(view)
    return None if words is None else f"camera {camera}: {words.format(camera=camera)}"


def event_remark(event: Event) -> str | None:
    """Say that a change started or ended; ``None`` for events that other lines speak of."""
    change = event.change
    if change is None:
        return None
    if event.event_type is EventType.CHANGE_STARTED:
        kind = change.kind.value if change.kind.value != "unknown" else "is different"
        return (
            f"camera {event.camera}: {change.change_id}: something {kind} at {_place(event, change)};"
            f" if it should be so: stillwatch ledger accept {change.change_id}"
        )
    if event.event_type is EventType.CHANGE_ENDED and change.end_reason is not None:
        return f"camera {event.camera}: {change.change_id}: {_ENDS[change.end_reason]}"
    return None


def _place(event: Event, change: Change) -> str:
    """Return where, in the parts of the view that ``stillwatch why-not --place`` takes."""
    width, height = event.frame_size
    box = change.mask.box
    across, down = (box.left + box.right) / 2 / width, (box.top + box.bottom) / 2 / height
    return f"{across:.2f},{down:.2f} of the view, {change.mask.area_px} px"

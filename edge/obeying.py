"""What an order means for one camera, and which orders can never be carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.core.orders import narrowed, wanted
from edge.types import EVERY_CAMERA, EVERY_CHANGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.seen import Seen
    from edge.types import Instant, Order
    from edge.watcher import Watcher

OPS = ("accept", "relearn", "arm", "disarm", "sensitivity", "snapshot")


def taken(order: Order, watchers: Mapping[str, Watcher]) -> Order:
    """Return an order that is for what is open now, where one of another version says no more than "all"."""
    still_open = [c.change_id for w in watchers.values() for c in w.changes]
    return replace(order, args=narrowed(order.op, order.args, still_open))


def obeyed(watcher: Watcher, order: Order, now: Instant) -> list[Seen | None]:
    """Carry out an order as far as it is for this camera; ``None`` for what has to wait."""
    if not _is_for(order, watcher.camera):
        return []
    seen: list[Seen | None] = []
    match order.op:
        case "accept":
            named = wanted(order.args)
            ids = [c.change_id for c in watcher.changes if c.change_id in named]
            seen += [watcher.accept(change_id, now) for change_id in ids]
        case "relearn":
            seen.append(watcher.relearn(now))
        case "arm":
            seen.append(watcher.arm())
        case "disarm":
            seen.append(watcher.disarm(now))
        case "sensitivity":
            value = _value(order)
            seen += [] if value in {None, watcher.limits.sensitivity} else [watcher.tune(value)]
    return seen


def fault(order: Order, watchers: Mapping[str, Watcher]) -> str | None:
    """Return why an order cannot be carried out, now or ever; ``None`` where it can.

    Args:
        order: It may have been stored by another version, for other cameras.
        watchers: The posts, by the names of their cameras.
    """
    change_id = order.args.get("change_id")
    if order.op not in OPS:
        return f"{order.op}: this version knows no such order"
    if not any(_is_for(order, camera) for camera in watchers):
        return f"{order.args.get('camera')}: no such camera; cameras: {', '.join(sorted(watchers))}"
    if order.op == "sensitivity" and _value(order) is None:
        return "the value must be a number from 0 to 1"
    if order.op != "accept" or change_id == EVERY_CHANGE:
        return None
    still_open = {c.change_id for w in watchers.values() if _is_for(order, w.camera) for c in w.changes}
    return None if change_id in still_open else f"{change_id}: no such change is open"


def _is_for(order: Order, camera: str) -> bool:
    everywhere = EVERY_CAMERA if order.op == "accept" else None
    return order.args.get("camera", everywhere) in {EVERY_CAMERA, camera}


def _value(order: Order) -> float | None:
    try:
        value = float(order.args.get("value", ""))
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None

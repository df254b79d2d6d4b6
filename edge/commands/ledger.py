"""``stillwatch ledger``: what is different, and saying that it is fine."""

from __future__ import annotations

import json
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from edge.config import load
from edge.errors import ConfigError
from edge.types import EVERY_CHANGE, ChangeStatus

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from edge.ports import Journal
    from edge.types import Change

LOOK_BACK = 10_000
"""Newest rows of the ledger that are searched."""

PATIENCE_S = 5.0
POLL_S = 0.1

_HEADINGS = ("id", "camera", "kind", "since", "seconds", "box", "status")


def run(args: argparse.Namespace) -> int:
    """List or accept changes.

    Args:
        args: ``action``: ``list`` or ``accept``; ``state``, the state folder, or
            else ``config``; for ``list``: ``all`` and ``json``; for ``accept``:
            ``change_id``.

    Returns:
        The exit code.

    Raises:
        ConfigError: No such ledger, or no such change.
        StorageError: The ledger cannot be read.
    """
    from edge import app  # late: it loads OpenCV, and bad arguments need not wait for it

    journal = app.open_journal(load(args.config) if args.state is None else args.state)
    try:
        if args.action == "accept":
            print(accept(journal, args.change_id))
        else:
            changes = listing(journal, ended=args.all)
            show = as_json if args.json else as_table
            print(show(changes, now_ns=time.time_ns()))
    finally:
        journal.close()
    return 0


def listing(journal: Journal, *, ended: bool) -> list[Change]:
    """Return the newest changes first; the ended ones only when wanted."""
    found = journal.changes(LOOK_BACK)
    return found if ended else [change for change in found if change.status is not ChangeStatus.ENDED]


def accept(journal: Journal, change_id: str, *, pause: Callable[[float], None] = time.sleep) -> str:
    """Order that a change becomes normal, and wait a little to see it done.

    Args:
        journal: Where the order is placed; a running device reads it there.
        change_id: An open change, or ``all``.
        pause: Waits that many seconds.

    Returns:
        What came of it, as a sentence.

    Raises:
        ConfigError: No such change is open; the message names those that are.
    """
    still_open = [change.change_id for change in listing(journal, ended=False)]
    if change_id == "all" and not still_open:
        return "nothing to accept: no change is open"
    if change_id != "all" and change_id not in still_open:
        known = f"open changes: {', '.join(still_open)}" if still_open else "no change is open"
        msg = f"{change_id}: no such open change; {known}"
        raise ConfigError(msg)
    wanted = EVERY_CHANGE if change_id == "all" else change_id
    order_id = journal.order("accept", {"change_id": wanted})
    told = ", ".join(still_open) if change_id == "all" else change_id
    for _ in range(round(PATIENCE_S / POLL_S)):
        if all(order.order_id != order_id for order in journal.orders()):
            return f"accepted: {told}"
        pause(POLL_S)
    return f"noted: {told}; the device will accept it when it runs"


def as_table(changes: Sequence[Change], *, now_ns: int) -> str:
    """Return the changes as lines of aligned columns; times are UTC, boxes pixels."""
    if not changes:
        return "no change is open"
    rows = [_HEADINGS, *(_row(change, now_ns) for change in changes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def as_json(changes: Sequence[Change], *, now_ns: int) -> str:
    """Return the changes as a JSON array; ``box`` is left, top, width, height in pixels."""
    return json.dumps([_record(change, now_ns) for change in changes], indent=2)


def _row(change: Change, now_ns: int) -> tuple[str, ...]:
    box = change.mask.box
    return (
        change.change_id,
        change.camera,
        change.kind.value,
        _utc(change.started_ns),
        f"{_seconds(change, now_ns):.0f}",
        f"{box.width}x{box.height}+{box.left}+{box.top}",
        change.end_reason.value if change.end_reason else change.status.value,
    )


def _record(change: Change, now_ns: int) -> dict[str, object]:
    box = change.mask.box
    return {
        "change_id": change.change_id,
        "camera": change.camera,
        "kind": change.kind.value,
        "status": change.status.value,
        "since": _utc(change.started_ns),
        "seconds": round(_seconds(change, now_ns), 3),
        "box": [box.left, box.top, box.width, box.height],
        "area_px": change.mask.area_px,
        "score": round(change.score, 4),
        "ended": None if change.ended_ns is None else _utc(change.ended_ns),
        "end_reason": None if change.end_reason is None else change.end_reason.value,
    }


def _seconds(change: Change, now_ns: int) -> float:
    """Return how long a change has lasted; its row is too seldom written to say so."""
    return max(0.0, ((change.ended_ns or now_ns) - change.started_ns) / 1e9)


def _utc(wall_ns: int) -> str:
    moment = datetime.fromtimestamp(wall_ns // 1_000_000_000, tz=timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

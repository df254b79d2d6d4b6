"""``stillwatch why``: what led to an alarm."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from edge.config import load
from edge.core import saying
from edge.core.encoding import canonical, rfc3339
from edge.core.evidence import document
from edge.errors import ConfigError, StorageError
from edge.types import EventType

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from edge.inquiry import Inquiry, Kept
    from edge.types import Change

WHY = "stillwatch.why/1"
LAST = "last"
KNOWN_LISTED = 10
_NUMBER = re.compile(r"(?P<epoch>[^/]{1,128})/(?P<seq>[0-9]{1,18})")


def run(args: argparse.Namespace) -> int:
    """Say why something was told.

    Args:
        args: ``event``: the id of a change, ``EPOCH/SEQ``, or ``last``; ``json``;
            ``out``, a folder for the pictures, or ``None``; ``state``, the state
            folder, or else ``config``.

    Returns:
        The exit code.

    Raises:
        ConfigError: No such event is known.
        StorageError: Nothing can be read, or ``out`` cannot be written to.
    """
    from edge.inquiry import inquire, write_files  # late: it loads OpenCV

    known = inquire(load(args.config) if args.state is None else args.state)
    found = asked(known, args.event)
    change_id = found[0].evidence.change.change_id if found[0].evidence.change else None
    change = next((row for row in known.changes if row.change_id == change_id), None)
    pictures = [path for kept in found for path in kept.pictures]
    if args.out is not None:
        write_files(args.out, {path.name: _content(path) for path in pictures})
        pictures = [args.out / path.name for path in pictures]
    if args.json:
        print(as_json(found, change, pictures, known.evidence.skipped).decode())
    else:
        print("\n".join(as_text(found, change, pictures)))
        warn(known.evidence.skipped)
    return 0


def asked(known: Inquiry, event: str) -> list[Kept]:
    """Return what was kept of an event, or of every event of a change; at least one.

    Raises:
        ConfigError: Nothing is known of it.
    """
    events = known.evidence.events()
    if match := _NUMBER.fullmatch(event):
        number = known.evidence.number(match["epoch"], int(match["seq"]))
        found = [kept for kept in events if number is not None and number.tells(kept.evidence)]
    else:
        alarms = [kept for kept in events if kept.evidence.event_type is not EventType.REFERENCE_UPDATED]
        newest = alarms[-1].evidence.change if alarms else None
        wanted = newest.change_id if event == LAST and newest is not None else event
        found = [kept for kept in events if kept.evidence.change and kept.evidence.change.change_id == wanted]
        if event == LAST and newest is None:
            found = (alarms or events)[-1:]
    if found:
        return found
    if not events:
        msg = "no event was told since evidence is kept; ask `stillwatch why-not` about a silence"
        raise ConfigError(msg)
    ids = dict.fromkeys(k.evidence.change.change_id for k in reversed(events) if k.evidence.change)
    listed = ", ".join(list(ids)[:KNOWN_LISTED]) or "no change"
    gone = any(row.change_id == event for row in known.changes)
    why = "its evidence had to make room ([device] evidence_mb)" if gone else "no evidence of it is kept"
    msg = f"{event}: {why}; evidence is kept of {listed}"
    raise ConfigError(msg)


def as_text(found: Sequence[Kept], change: Change | None, pictures: Sequence[Path]) -> list[str]:
    """Return lines for people; times are this machine's."""
    lines: list[str] = []
    for kept in found:
        said = saying.why(kept.evidence, at=_local(kept.evidence.captured))
        lines += said if kept is found[0] else said[:1]
    if change is not None:
        since = watch_of(change.started_ns)
        ended = "" if change.ended_ns is None else f" at {watch_of(change.ended_ns)}"
        end = f", {change.end_reason.value}{ended}" if change.end_reason else ""
        lines.append(f"now: {change.status.value}{end}; first seen {since}")
    return [*lines, *(["pictures:", *(f"  {path}" for path in pictures)] if pictures else [])]


def as_json(
    found: Sequence[Kept], change: Change | None, pictures: Sequence[Path], skipped: Sequence[str]
) -> bytes:
    """Return ``stillwatch.why/1``."""
    now = None
    if change is not None:
        now = {
            "status": change.status.value,
            "started": rfc3339(change.started_ns),
            "ended": None if change.ended_ns is None else rfc3339(change.ended_ns),
            "end_reason": change.end_reason.value if change.end_reason else None,
        }
    return canonical(
        {
            "schema": WHY,
            "sentences": as_text(found, change, ()),
            "events": [document(kept.evidence) for kept in found],
            "now": now,
            "pictures": [str(path) for path in pictures],
            "skipped": list(skipped),
        }
    )


def warn(skipped: Sequence[str]) -> None:
    """Say on standard error what was left out."""
    for line in dict.fromkeys(skipped):
        sys.stderr.write(f"stillwatch: left out: {line}\n")


def watch_of(wall_ns: int) -> str:
    """Return a moment as this machine's clock showed it."""
    try:
        return f"{datetime.fromtimestamp(wall_ns // 10**9).astimezone():%Y-%m-%d %H:%M:%S %Z}"
    except (OverflowError, OSError, ValueError):  # a clock that was set to nonsense
        return rfc3339(wall_ns)


def _local(told: str) -> str:
    try:
        moment = datetime.strptime(told, "%Y-%m-%dT%H:%M:%S.%f%z")
        return f"{moment.astimezone():%Y-%m-%d %H:%M:%S %Z}"
    except (OverflowError, ValueError):
        return told


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"{path}: {error.strerror or error}"
        raise StorageError(msg) from error

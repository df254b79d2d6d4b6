"""How delivery is doing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stats:
    """How delivery is doing.

    Attributes:
        running: Whether the thread is alive.
        connected: Whether the broker is there.
        unstored: Entries in memory that the disk has not taken yet.
        depth: Events stored and not yet delivered.
        sent: Events published for the first time, since the start.
        resent: Events published again, since the start.
        set_aside: Events the broker keeps refusing.
        dropped: Events lost since the start, because nothing could store them.
        unheard: Messages from outside that came faster than they could be heard, and were
            passed over, since the start.
        taken_over: How often another client with our id took our place at the broker.
        storage_fault: Why the disk refuses; ``None`` while it does not.
        broker_fault: Why the broker is away; ``None`` while it is not.
    """

    running: bool
    connected: bool
    unstored: int
    depth: int
    sent: int
    resent: int
    set_aside: int
    dropped: int
    unheard: int
    taken_over: int
    storage_fault: str | None
    broker_fault: str | None

"""A journal that is written to in every way there is; run as a script under strace.

Arguments: state folder, how many rounds. After each transaction that must survive a power
cut it prints the newest number, and how far numbers were acknowledged.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from edge.core import topics
from edge.core.gaps import gap_teller
from edge.core.wire import event_payload
from edge.drivers.journal_sqlite import SqliteJournal
from edge.ports import Entry
from edge.types import Event, EventType, Message
from tests.samples import NOON_NS, a_change, an_event

DEVICE = "bench1"


def encode(event: Event, epoch: str, seq: int) -> Message:
    """Tell an event as the device would."""
    payload = event_payload(
        event, device=DEVICE, epoch=epoch, seq=seq, boot="b", ts_ns=NOON_NS, clock_synced=True
    )
    return Message(topics.event(topics.base(DEVICE), event.camera), payload)


def opened(path: Path) -> SqliteJournal:
    """Open the journal as the device does, small enough to become full."""
    return SqliteJournal(path, encode=encode, encode_gap=gap_teller(DEVICE), max_bytes=1 << 20)


def main() -> None:
    """Write, and say what is promised."""
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    journal, newest, acked = opened(folder / "journal.sqlite3"), 0, 0
    for number in range(1, rounds + 1):
        count = 20 if number % 25 == 0 else 1
        change = a_change(f"c-{number}")
        kind = EventType.CHANGE_UPDATED if number % 3 else EventType.CHANGE_STARTED
        events = [an_event(change, event_type=kind)] * count
        lost = 7 if number % 40 == 0 else 0
        journal.commit(Entry([change], events), NOON_NS + number, lost=lost)
        newest += count + bool(lost)
        os.write(1, f"{newest} {acked} c-{number}\n".encode())
        journal.mark_sent([newest])
        if number % 10 == 0 and number < rounds // 2:  # later nobody answers, and it becomes full
            acked = newest - 3
            journal.mark_sent(range(acked - 30, acked + 1))
            os.write(1, f"{newest} {acked} c-{number}\n".encode())
            journal.confirm_through(acked)


if __name__ == "__main__":
    main()

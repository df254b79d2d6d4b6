"""A device that tells event after event until somebody kills it; run as a script.

Arguments: state folder, port, how many events to tell (0: only deliver what was
left). It prints the number of the newest event after each commit.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge.core import topics
from edge.core.gaps import gap_teller
from edge.core.wire import cloud_event, event_payload
from edge.delivery import Delivery
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.clock import SystemClock
from edge.drivers.journal_sqlite import SqliteJournal
from edge.types import Message
from tests.listening import until
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from edge.ports import Entry
    from edge.types import Event

BASE = topics.base("bench1")
ONLINE = Message(topics.status(BASE), b"online", retain=True)
OFFLINE = Message(topics.status(BASE), b"offline", retain=True)


def encode(event: Event, epoch: str, seq: int) -> Message:
    """Tell an event as the device bench1 would."""
    payload = event_payload(
        event, device="bench1", epoch=epoch, seq=seq, boot="b", ts_ns=NOON_NS, clock_synced=True
    )
    return Message(topics.event(BASE, event.camera), payload)


class LoudJournal(SqliteJournal):
    """Says what it has stored, once it is stored.

    Attributes:
        room: So many more events may be put in now: fewer than are taken at a time, or some would be refused.
    """

    room = threading.Semaphore(200)

    def commit(self, entry: Entry, now_ns: int, lost: int = 0) -> None:
        """Store, then say the number of the newest event."""
        super().commit(entry, now_ns, lost)
        print(self.queued(0, 10**6)[-1].seq, flush=True)  # noqa: T201 - the test reads it
        self.room.release(len(entry.events))


def main() -> None:
    """Tell, until killed or done."""
    folder, port, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    delivery = Delivery(
        LoudJournal(folder / "journal.sqlite3", encode=encode, encode_gap=gap_teller("bench1")),
        PahoBroker(
            Access("127.0.0.1", port, "bench1", will=OFFLINE), attributes=cloud_event, dice=lambda: 0.1
        ),
        SystemClock(),
        welcome=lambda: [ONLINE],
        farewell=[OFFLINE],
    )
    delivery.start()
    until(lambda: delivery.stats().connected)  # else a broker has nothing to say when it is killed
    for _ in range(count):
        LoudJournal.room.acquire()
        delivery.put([a_change()], [an_event(a_change())])
        time.sleep(0.002)
    delivery.stop(30.0)


if __name__ == "__main__":
    main()

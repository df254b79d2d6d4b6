"""A device without a camera: events, one after the other, until somebody kills it.

It prints a line for each step: the number of the newest event that it took charge of, and
how many it had sent twice in this life.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.events.ways import DEVICE, FORGETFUL, QUEUED, RECORD, WAYS
from edge.core import topics
from edge.core.gaps import gap_teller
from edge.core.wire import cloud_event, event_payload
from edge.delivery import Delivery
from edge.delivery.record import Record as SystemOfRecord
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.clock import SystemClock
from edge.drivers.journal_sqlite import SqliteJournal
from edge.types import Message
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from edge.ports import Entry
    from edge.types import Event

BASE = topics.base(DEVICE)
ONLINE = Message(topics.status(BASE), b"online", retain=True)
OFFLINE = Message(topics.status(BASE), b"offline", retain=True)
MOST_WAITING = 2000
"""Beyond, no new event happens until some are delivered: a store that is full is another test."""
DELIVER_WITHIN_S = 900.0
KEEPALIVE_S = 5


def encode(event: Event, epoch: str, seq: int) -> Message:
    """Tell an event as a device would."""
    payload = event_payload(
        event, device=DEVICE, epoch=epoch, seq=seq, boot="b", ts_ns=NOON_NS, clock_synced=True
    )
    return Message(topics.event(BASE, event.camera), payload)


class Loud(SqliteJournal):
    """A journal that says what it has stored, once it is stored."""

    newest = 0
    resent = 0

    def __init__(self, path: Path) -> None:
        super().__init__(path, encode=self._number, encode_gap=gap_teller(DEVICE))

    def commit(self, entry: Entry, now_ns: int, lost: int = 0) -> None:
        """Store, then say the number of the newest event."""
        super().commit(entry, now_ns, lost)
        print(self.newest, self.resent, flush=True)

    def _number(self, event: Event, epoch: str, seq: int) -> Message:
        self.newest = seq
        return encode(event, epoch, seq)


def store_and_deliver(args: argparse.Namespace) -> None:
    """Be the device's own outbox."""
    journal = Loud(args.folder / "journal.sqlite3")
    record = SystemOfRecord(journal, DEVICE) if args.way == RECORD else None
    delivery = Delivery(
        journal,
        PahoBroker(
            Access(
                "127.0.0.1", args.port, DEVICE, will=OFFLINE, protocol=args.protocol, keepalive_s=KEEPALIVE_S
            ),
            attributes=cloud_event,
            topics=() if record is None else record.topics,
            dice=lambda: 0.1,  # the pause between two connections: 0.1 to 30 s
        ),
        SystemClock(),
        welcome=lambda: [ONLINE],
        farewell=[OFFLINE],
        record=record,
    )
    delivery.start()
    change = a_change()
    for _ in range(args.first, args.until + 1):
        while delivery.stats().depth >= MOST_WAITING:
            time.sleep(0.01)
        journal.resent = delivery.stats().resent
        delivery.put([change], [an_event(change)])
        time.sleep(1 / args.per_s)
    give_up_at = time.monotonic() + DELIVER_WITHIN_S
    while delivery.stats().unstored or delivery.stats().depth:
        if time.monotonic() > give_up_at:
            sys.exit(f"{delivery.stats().depth} events are not delivered: {delivery.stats()}")
        time.sleep(0.05)
    print(journal.newest, delivery.stats().resent, flush=True)
    delivery.stop()


def just_publish(args: argparse.Namespace) -> None:
    """Be a client as most are written: what is published is the library's business."""
    qos = int(args.way == QUEUED)
    version = mqtt.MQTTv311 if args.protocol == "3.1.1" else mqtt.MQTTv5
    client = mqtt.Client(CallbackAPIVersion.VERSION2, DEVICE, protocol=version)
    client.reconnect_delay_set(1, 1)
    client.connect_async("127.0.0.1", args.port, KEEPALIVE_S)
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.01)
    event = an_event(a_change())
    for number in range(args.first, args.until + 1):
        said = encode(event, "none", number)
        if args.way == QUEUED or client.is_connected():
            client.publish(said.topic, said.payload, qos)
        print(number, 0, flush=True)
        time.sleep(1 / args.per_s)
    give_up_at = time.monotonic() + 10
    while (client.want_write() or not client.is_connected()) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    time.sleep(1)
    client.disconnect()
    client.loop_stop()


def main() -> None:
    """Publish, until killed or done."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.publisher")
    parser.add_argument("--way", choices=WAYS, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--first", type=int, required=True, help="number of the first event of this life")
    parser.add_argument("--until", type=int, required=True, help="number of the last event of all")
    parser.add_argument("--per-s", type=float, required=True)
    args = parser.parse_args()
    logging.basicConfig(format="%(created).3f %(levelname)s %(message)s")  # to standard error
    (just_publish if args.way in {FORGETFUL, QUEUED} else store_and_deliver)(args)


if __name__ == "__main__":
    main()

"""Whoever wants the events: writes each down as it becomes visible, until somebody kills it.

For the plain ways all that comes is visible. For ``puback`` a number that came before is not.
The consumer of ``record`` is ``stillwatch consume`` itself.
"""

from __future__ import annotations

import argparse
import json
import queue
import sqlite3
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from benchmarks.events.ways import DEVICE, FORGETFUL, PUBACK, VISIBLE, WAYS
from edge.core import topics

BASE = topics.base(DEVICE)
KEPT_S = 3600  # how long a broker keeps what comes while we are away


class Book:
    """What is visible, in the order it became so."""

    def __init__(self, path: Path, way: str) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(f"pragma journal_mode = wal; pragma synchronous = normal; {VISIBLE}")
        seen = self._db.execute("select epoch, seq from visible").fetchall()
        self._seen: set[tuple[str, int]] | None = set(seen) if way == PUBACK else None

    def take(self, pieces: list[tuple[str, int]]) -> None:
        """Write events down, in one transaction."""
        self._db.execute("begin immediate")
        for piece in pieces:
            if self._seen is not None:
                if piece in self._seen:
                    continue
                self._seen.add(piece)
            self._db.execute("insert into visible(epoch, seq) values(?, ?)", piece)
        self._db.execute("commit")


class Consumer:
    """Takes what comes; but for QoS 0 the broker keeps what comes while it is away."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._book = Book(args.file, args.way)
        self._came: queue.SimpleQueue[mqtt.MQTTMessage | None] = queue.SimpleQueue()
        qos = int(args.way != FORGETFUL)
        wanted = [(f"{BASE}/{topic}", qos) for topic in ("cam/+/event", "cam/+/event/late")]
        client = mqtt.Client(CallbackAPIVersion.VERSION2, "consumer", protocol=mqtt.MQTTv5)
        client.on_connect = lambda *_: _only(client.subscribe(wanted))
        client.on_subscribe = lambda *_: self._came.put(None)
        client.on_message = lambda _client, _data, message: self._came.put(message)
        client.reconnect_delay_set(1, 1)
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's
        properties.SessionExpiryInterval = KEPT_S * qos
        client.connect_async("127.0.0.1", args.port, 5, clean_start=not qos, properties=properties)
        client.loop_start()

    def run(self) -> None:
        """Take what comes, all that is there at a time, until killed."""
        while True:
            came = [self._came.get(), *(self._came.get() for _ in range(self._came.qsize()))]
            if None in came:
                print("connected", flush=True)
            self._book.take([_number(message) for message in came if message is not None])


def _only(_: object) -> None:
    """Return nothing, as callbacks do."""


def _number(message: mqtt.MQTTMessage) -> tuple[str, int]:
    said = json.loads(message.payload)
    return said["epoch"], said["seq"]


def main() -> None:
    """Consume until killed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.consumer")
    parser.add_argument("--way", choices=WAYS, required=True)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    Consumer(parser.parse_args()).run()


if __name__ == "__main__":
    main()

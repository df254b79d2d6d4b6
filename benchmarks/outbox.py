"""What the outbox costs: wear of the disk, time to open, rate of a backlog, the watch loop's pace.

The wear is counted from what SQLite really writes, recorded with strace: blocks of 4 kB
that are dirty when the disk is told to sync. The pace is that of a loop that hands an event
over with every frame, while each sync takes half a second and the broker never answers.
"""

from __future__ import annotations

import os
import platform
import resource
import socket
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from edge.delivery import Delivery, Record
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.clock import SystemClock
from edge.drivers.journal_sqlite import SqliteJournal
from tests.local_broker import Mosquitto, find_mosquitto
from tests.power import record
from tests.power_writer import DEVICE, encode, opened
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import Answer, Change, Event, Post
    from tests.power import Step

ROOT = Path(__file__).parents[1]
BLOCK = 4096
FPS, SECONDS, SLOW_SYNC_S = 30, 6, 0.5
BACKLOG = int(os.environ.get("STILLWATCH_BACKLOG", "20000"))
OPENINGS = 100

WRITER = """
import sys
from pathlib import Path
from tests.power_writer import opened
from tests.samples import NOON_NS, a_change, an_event
group, count = int(sys.argv[2]), int(sys.argv[3])
journal, newest, acked = opened(Path(sys.argv[1]) / "journal.sqlite3"), 0, 0
print("begun", flush=True)
for _ in range(count // group):
    change = a_change()
    journal.commit([change], [an_event(change)] * group, [], NOON_NS)
    newest += group
    journal.mark_sent(range(newest - group + 1, newest + 1))
    if newest - acked >= 64:
        journal.confirm_through(newest)
        acked = newest
print("done", flush=True)
"""


def wear(group: int, count: int) -> tuple[float, float]:
    """Return kilobytes that reach the device, and syncs, per event."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        state.mkdir()
        steps = record([sys.executable, "-c", WRITER, str(state), str(group), str(count)], state, ROOT)
    said = [at for at, step in enumerate(steps) if step.data.strip() and step.what == "say"]
    return _wear(steps[said[0] : said[1]], count)


def _wear(steps: Sequence[Step], count: int) -> tuple[float, float]:
    dirty = dict[str, set[int]]()
    blocks = syncs = 0
    for step in steps:
        if step.what == "write":
            touched = range(step.at // BLOCK, (step.at + len(step.data) - 1) // BLOCK + 1)
            dirty.setdefault(step.path, set()).update(touched)
        elif step.what == "sync":
            blocks += len(dirty.pop(step.path, ()))
            syncs += 1
    return blocks * BLOCK / 1000 / count, syncs / count


def openings_ms() -> list[float]:
    """Return how long opening a journal with a thousand events takes, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        path, taken = Path(folder) / "journal.sqlite3", list[float]()
        with closing(opened(path)) as journal:
            for _ in range(10):
                journal.commit([a_change()], [an_event(a_change())] * 50, [], NOON_NS)
        for _ in range(OPENINGS):
            began = time.perf_counter()
            opened(path).close()
            taken.append(1000 * (time.perf_counter() - began))
        return sorted(taken)


def drain() -> tuple[float, float]:
    """Return events per second from a backlog to a broker that acknowledges, and growth in MB."""
    program = find_mosquitto()
    if program is None:
        return 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        broker = Mosquitto(program, Path(folder), "allow_anonymous true")
        broker.start()
        journal = SqliteJournal(
            Path(folder) / "journal.sqlite3",
            encode=encode,
            encode_gap=lambda *_: encode(an_event(), "", 1),
            max_bytes=2 << 30,
        )
        for _ in range(BACKLOG // 500):
            journal.commit([], [an_event(a_change())] * 500, [], 0)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        delivery = Delivery(
            journal, PahoBroker(Access(broker.host, broker.port, "d")), SystemClock(), welcome=list
        )
        delivery.start()
        while not delivery.stats().connected:
            time.sleep(0.01)
        began = time.perf_counter()
        while delivery.stats().depth:
            time.sleep(0.02)
        elapsed_s = time.perf_counter() - began
        delivery.stop(1.0)
        broker.kill()
        return BACKLOG / elapsed_s, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


class SlowDisk(SqliteJournal):
    """A journal on a disk on which a sync takes half a second."""

    def commit(
        self,
        changes: Sequence[Change],
        events: Sequence[Event],
        done: Sequence[int],
        now_ns: int,
        posts: Sequence[Post] = (),
        answers: Sequence[Answer] = (),
        lost: int = 0,
    ) -> None:
        """Store, slowly."""
        super().commit(changes, events, done, now_ns, posts, answers, lost)
        time.sleep(SLOW_SYNC_S)


def pace(journal: SqliteJournal, port: int) -> float:
    """Return the frames per second of a loop that tells of every frame."""
    record_ = Record(journal, DEVICE)
    delivery = Delivery(
        journal,
        PahoBroker(Access("127.0.0.1", port, "d"), topics=record_.topics),
        SystemClock(),
        welcome=list,
        record=record_,
    )
    delivery.start()
    began = time.perf_counter()
    for frame in range(FPS * SECONDS):
        time.sleep(max(began + frame / FPS - time.perf_counter(), 0.0))
        delivery.put([a_change()], [an_event(a_change())])
        delivery.pending()
    elapsed_s = time.perf_counter() + 1 / FPS - began
    delivery.stop(0.0)
    return FPS * SECONDS / elapsed_s


def paces() -> tuple[float, float]:
    """Return the pace with a disk and a network that are well, and with both as bad as can be."""
    both = list[float]()
    for kind in (SqliteJournal, SlowDisk):
        with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as hole:
            journal = kind(
                Path(folder) / "journal.sqlite3",
                encode=encode,
                encode_gap=lambda *_: encode(an_event(), "", 1),
            )
            both.append(pace(journal, hole.getsockname()[1]))
    return both[0], both[1]


def main() -> None:
    """Measure, and print."""
    print(f"on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for group, count in ((1, 640), (20, 1280)):
        kilobytes, syncs = wear(group, count)
        print(f"wear, {group} at a time: {kilobytes:.1f} kB and {syncs:.2f} syncs per event")
    taken = openings_ms()
    print(f"open: {taken[len(taken) // 2]:.0f} ms, p99 {taken[len(taken) * 99 // 100]:.0f} ms")
    rate, growth_mb = drain()
    print(f"backlog of {BACKLOG}: {rate:.0f} events/s to mosquitto, {growth_mb:.1f} MB more memory")
    well, ill = paces()
    print(f"watch loop: {well:.2f} frames/s; {ill:.2f} with syncs of {SLOW_SYNC_S:g} s and a dead broker")


if __name__ == "__main__":
    main()

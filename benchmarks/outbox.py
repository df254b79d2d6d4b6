"""What the outbox costs: wear of the disk, time to open, rate of a backlog, memory, the watch loop's pace.

The wear is counted from what SQLite really writes, recorded with strace: blocks of 4 kB
that are dirty when the disk is told to sync. The pace is that of a loop that hands an event over
with every frame, while strace holds each sync for half a second and the broker never answers.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from edge.core.gaps import first_of, gap_of, gap_teller, is_gap
from edge.delivery import Delivery, Record
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.clock import SystemClock
from edge.drivers.journal_sqlite import SqliteJournal
from edge.ports import Entry
from edge.types import EventType
from tests.local_broker import Mosquitto, find_mosquitto
from tests.power import record
from tests.power_writer import DEVICE, encode, opened
from tests.samples import NOON_NS, a_change, an_event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.power import Step

ROOT = Path(__file__).parents[1]
BLOCK = 4096
FPS, SECONDS, SLOW_SYNC_S = 30, 6, 0.5
BACKLOG = int(os.environ.get("STILLWATCH_BACKLOG", "20000"))
OPENINGS = 100

WRITER = """
import sys
from pathlib import Path
from edge.ports import Entry
from tests.power_writer import opened
from tests.samples import NOON_NS, a_change, an_event
group, count = int(sys.argv[2]), int(sys.argv[3])
journal, newest, acked = opened(Path(sys.argv[1]) / "journal.sqlite3"), 0, 0
print("begun", flush=True)
for _ in range(count // group):
    change = a_change()
    journal.commit(Entry([change], [an_event(change)] * group), NOON_NS)
    newest += group
    journal.mark_sent(range(newest - group + 1, newest + 1))
    if newest - acked >= 64:
        journal.confirm_through(newest)
        acked = newest
print("done", flush=True)
"""

PUBLISHER = """
import sys, time
from pathlib import Path
from edge.delivery import Delivery
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.clock import SystemClock
from tests.power_writer import opened
from tests.samples import a_change, an_event
broker = PahoBroker(Access("127.0.0.1", int(sys.argv[2]), "d"))
delivery = Delivery(opened(Path(sys.argv[1]) / "journal.sqlite3"), broker, SystemClock(), welcome=list)
delivery.start()
for _ in range(500):
    delivery.put([a_change()], [an_event(a_change())])
    time.sleep(0.01)
while delivery.stats().unstored or delivery.stats().depth:
    time.sleep(0.01)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")))
delivery.stop()
"""

PACER = """
import sys
from pathlib import Path
from benchmarks.outbox import pace
print(pace(Path(sys.argv[1]), int(sys.argv[2])))
"""


@contextmanager
def mosquitto(config: str = "allow_anonymous true") -> Iterator[Mosquitto]:
    """Run a broker."""
    program = find_mosquitto()
    if program is None:
        sys.exit("outbox: needs mosquitto: apt install mosquitto")
    with tempfile.TemporaryDirectory() as folder:
        broker = Mosquitto(program, Path(folder), config)
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()


def journal_in(folder: str | Path, *, max_bytes: int = 16 << 20) -> SqliteJournal:
    """Begin a journal as large as a device's, or as it is told."""
    path = Path(folder) / "journal.sqlite3"
    return SqliteJournal(path, encode=encode, encode_gap=gap_teller(DEVICE), max_bytes=max_bytes)


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
                journal.commit(Entry([a_change()], [an_event(a_change())] * 50), NOON_NS)
        for _ in range(OPENINGS):
            began = time.perf_counter()
            opened(path).close()
            taken.append(1000 * (time.perf_counter() - began))
        return sorted(taken)


def drain() -> tuple[float, float, bool]:
    """Empty a backlog to a broker; return events per second, growth in MB, and whether all came in order."""
    listener = shutil.which("mosquitto_sub")
    if listener is None:
        sys.exit("outbox: needs mosquitto_sub: apt install mosquitto-clients")
    unlimited = "allow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0"
    with tempfile.TemporaryDirectory() as folder, mosquitto(unlimited) as broker:
        journal = journal_in(folder, max_bytes=2 << 30)
        for _ in range(BACKLOG // 500):
            journal.commit(Entry(events=[an_event(a_change())] * 500), 0)
        came = Path(folder) / "came"
        topic = ["-h", broker.host, "-p", str(broker.port), "-q", "1", "-t", "#"]
        with came.open("wb") as file, subprocess.Popen([listener, *topic], stdout=file) as ear:
            time.sleep(1.0)
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
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            delivery.stop(1.0)
            time.sleep(1.0)
            ear.terminate()
        with came.open("rb") as lines:
            seqs = (json.loads(line)["seq"] for line in lines)
            in_order = all(seq == wanted for seq, wanted in zip_longest(seqs, range(1, BACKLOG + 1)))
        return BACKLOG / elapsed_s, grown / 1024, in_order


def overflow() -> tuple[int, int]:
    """Fill a journal of 16 MB that nobody empties; return the events kept, and those told as gaps."""
    kept = lost = last = 0
    with tempfile.TemporaryDirectory() as folder:
        journal = journal_in(folder)
        kinds = [EventType.CHANGE_STARTED, EventType.CHANGE_UPDATED] * 10
        for _ in range(BACKLOG // len(kinds)):
            journal.commit(Entry(events=[an_event(a_change(), event_type=kind) for kind in kinds]), NOON_NS)
        while waiting := journal.queued(last, 500):
            for event in waiting:
                if is_gap(event.message.payload):
                    gap = gap_of(event.message.payload)
                    lost, first = lost + (gap.count or 0), first_of(event.seq, gap)
                else:
                    kept, first = kept + 1, event.seq
                assert first == last + 1, "a number is missing"
                last = event.seq
    return kept, lost


def resident_mb() -> float:
    """Return what a process holds that has an outbox and a client, and nothing else."""
    with tempfile.TemporaryDirectory() as folder, mosquitto() as broker:
        publisher = [sys.executable, "-c", PUBLISHER, folder, str(broker.port)]
        done = subprocess.run(publisher, cwd=ROOT, capture_output=True, text=True, check=True)
        return int(done.stdout) * 1024 / 1e6


def pace(folder: Path, port: int) -> float:
    """Return the frames per second of a loop that tells of every frame."""
    journal = journal_in(folder)
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


def paces() -> tuple[float, float, float]:
    """Return the pace where all is well, where the broker never answers, and where syncs are slow besides."""
    syncs = "fsync,fdatasync"
    slow = ["strace", "-f", "-qq", "--seccomp-bpf", "-o", os.devnull, "-e", f"trace={syncs}"]
    slow += ["-e", f"inject={syncs}:delay_enter={SLOW_SYNC_S * 1e6:.0f}"]
    found = list[float]()
    with mosquitto() as broker, socket.create_server(("127.0.0.1", 0)) as hole:
        port = hole.getsockname()[1]
        for tracer, to in (([], broker.port), ([], port), (slow, port)):
            with tempfile.TemporaryDirectory() as folder:
                pacer = [*tracer, sys.executable, "-c", PACER, folder, str(to)]
                done = subprocess.run(pacer, cwd=ROOT, capture_output=True, text=True, check=True)
            found.append(float(done.stdout))
    return found[0], found[1], found[2]


def main() -> None:
    """Measure, and print."""
    print(f"on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for group, count in ((1, 640), (20, 1280)):
        kilobytes, syncs = wear(group, count)
        print(f"wear, {group} at a time: {kilobytes:.1f} kB and {syncs:.2f} syncs per event")
    taken = openings_ms()
    print(f"open: {taken[len(taken) // 2]:.0f} ms, p99 {taken[len(taken) * 99 // 100]:.0f} ms")
    rate, growth_mb, in_order = drain()
    order = "in order" if in_order else "NOT in order"
    print(f"backlog of {BACKLOG}: {rate:.0f} events/s to mosquitto, {order}, {growth_mb:.1f} MB more memory")
    kept, lost = overflow()
    print(f"the same into 16 MB that nobody empties: {kept} kept, {lost} told as lost, in sequence")
    print(f"a process that only publishes: {resident_mb():.1f} MB")
    well, dead, slow = paces()
    print(f"watch loop: {well:.2f} frames/s; {dead:.2f} where the broker never answers", end="; ")
    print(f"{slow:.2f} where each sync takes {SLOW_SYNC_S:g} s besides")


if __name__ == "__main__":
    main()

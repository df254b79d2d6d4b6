"""Three programs, each of which is killed again and again: a broker, a publisher, a consumer."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from benchmarks.events.ways import FORGETFUL, QUEUED, RECORD, VISIBLE
from tests.local_broker import Mosquitto, find_mosquitto

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 60.0
QUIET_S = 4.0
SETTLED_WITHIN_S = 120.0

BrokerKind = Literal["mosquitto", "forgetful", "embedded"]
BROKERS: dict[BrokerKind, str] = {
    "mosquitto": "mosquitto, persistence on",
    "forgetful": "mosquitto, persistence off",
    "embedded": "the embedded broker, MQTT 3.1.1",
}
_WRITTEN_DOWN = """
create trigger written_down after insert on events
begin insert into visible(epoch, seq) values(new.epoch, new.seq); end;
"""
_UNLIMITED = "allow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0"


class Broker(Protocol):
    """A broker that can be killed."""

    port: int

    def start(self) -> None:
        """Run it, and return once it accepts connections."""
        ...

    def kill(self) -> None:
        """End it as a power cut would."""
        ...


class Embedded(Mosquitto):
    """The demonstration's broker, in the place of mosquitto."""

    def __init__(self, folder: Path) -> None:
        super().__init__("", folder, "")
        self._command = [sys.executable, "-m", "edge.demo.broker", "--port", str(self.port)]

    def start(self) -> None:
        """Run it from the checkout; it lives as long as its standard input."""
        with (self.folder / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log
            )
        while not self._accepts():
            if self._process.poll() is not None:
                sys.exit(f"soak: the embedded broker does not start: {log.name}")
            time.sleep(0.02)


def make_broker(kind: BrokerKind, folder: Path) -> Broker:
    """Return a broker of a kind, not started."""
    folder.mkdir()
    if kind == "embedded":
        return Embedded(folder)
    program = find_mosquitto()
    if program is None:
        sys.exit("soak: needs mosquitto: apt install mosquitto")
    stored = (
        "\npersistence true\npersistence_location ./\nautosave_interval 60" if kind == "mosquitto" else ""
    )
    return Mosquitto(program, folder, _UNLIMITED + stored)


class Stage:
    """Everything, through all its lives.

    Attributes:
        happened: Numbers of the events that the publisher took charge of.
        resent: How many it sent again, in all its lives.
        book: The file in which the consumer writes down what it sees.
    """

    def __init__(
        self,
        folder: Path,
        *,
        way: str,
        broker: BrokerKind,
        args: argparse.Namespace,
        by_way_of: Callable[[int], int] = lambda port: port,
    ) -> None:
        """Begin: a broker, a consumer that listens, and a publisher.

        Args:
            folder: Where everything is kept; made here.
            way: How events travel, out of ``WAYS``.
            broker: Which one.
            args: ``events``, ``per_s`` and ``seed``.
            by_way_of: From the broker's port to that at which the publisher finds it.
        """
        folder.mkdir(parents=True)
        self.happened: set[int] = set()
        self.resent = 0
        self.book = folder / "consumer.sqlite3"
        self._folder, self._way, self._args = folder, way, args
        self._plain = way in {FORGETFUL, QUEUED}
        self._protocol = "3.1.1" if broker == "embedded" else "5"
        self._dice = random.Random(args.seed)  # noqa: S311 - the dice of a test
        self._log = (folder / "log").open("ab")
        self._broker = make_broker(broker, folder / "broker")
        self._broker.start()
        self._publisher_port = by_way_of(self._broker.port)
        self._ready = threading.Event()
        self._consumer = self._consume()
        if not self._ready.wait(READY_WITHIN_S):
            sys.exit(f"soak: the consumer does not start: {self._log.name}")
        if way == RECORD:
            with closing(sqlite3.connect(self.book)) as db:
                db.executescript(VISIBLE + _WRITTEN_DOWN)
        self._publisher = self._publish()

    @property
    def publisher_pid(self) -> int:
        """The process that publishes now."""
        return self._publisher.pid

    def torment(self, broker: int, publisher: int, consumer: int) -> int:
        """Kill each so many times, evenly over the run but by the dice; return how often that was."""
        kills = [self._kill_broker] * broker + [self._kill_publisher] * publisher
        kills += [self._kill_consumer] * consumer
        self._dice.shuffle(kills)
        at = sorted(self._dice.uniform(0.01, 0.95) * self._args.events for _ in kills)
        for number, kill in zip(at, kills, strict=True):
            while max(self.happened, default=0) < number:
                self._fail_if_ended()
                time.sleep(0.01)
            kill()
        return len(kills)

    def settle(self) -> None:
        """Wait until the publisher has delivered all, and nothing comes any more."""
        code = self._publisher.wait()
        if code:
            sys.exit(f"soak: the publisher ended with {code}: {self._log.name}")
        self._reader.join()
        give_up_at = time.monotonic() + SETTLED_WITHIN_S
        size, since = -1, 0.0
        while time.monotonic() < give_up_at and (size < 0 or time.monotonic() < since + QUIET_S):
            now = sum(path.stat().st_size for path in self._folder.glob("consumer.sqlite3*"))
            if now != size:
                size, since = now, time.monotonic()
            time.sleep(0.2)

    def close(self) -> None:
        """End all of it."""
        for process in (self._publisher, self._consumer):
            process.kill()
            process.wait()
        self._broker.kill()
        self._log.close()

    def _kill_broker(self) -> None:
        self._broker.kill()
        time.sleep(self._dice.uniform(0.1, 1.0))
        self._broker.start()

    def _kill_publisher(self) -> None:
        time.sleep(self._dice.uniform(0.0, 0.2))
        self._publisher.kill()
        self._publisher.wait()
        self._reader.join()
        self._publisher = self._publish()

    def _kill_consumer(self) -> None:
        self._consumer.kill()
        self._consumer.wait()
        time.sleep(self._dice.uniform(0.0, 1.0))
        self._ready.clear()
        self._consumer = self._consume()

    def _fail_if_ended(self) -> None:
        if self._publisher.poll() is None:
            return
        self._reader.join()  # what it said last may not have been read yet
        if max(self.happened, default=0) < self._args.events:
            sys.exit(f"soak: the publisher ended with {self._publisher.returncode}: {self._log.name}")

    def _publish(self) -> subprocess.Popen[str]:
        # A plain client may have published one more and not told us any more: that number is left out.
        first = max(self.happened, default=0) + (2 if self._plain and self.happened else 1)
        words = [f"--way={self._way}", f"--port={self._publisher_port}", f"--protocol={self._protocol}"]
        words += [f"--first={first}", f"--until={self._args.events}", f"--per-s={self._args.per_s}"]
        command = [sys.executable, "-m", "benchmarks.events.publisher", *words, f"--folder={self._folder}"]
        publisher = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self._log, text=True)
        self._reader = threading.Thread(target=self._read, args=(publisher,), daemon=True)
        self._reader.start()
        return publisher

    def _consume(self) -> subprocess.Popen[str]:
        if self._way == RECORD:
            words = [
                "edge",
                "consume",
                f"--broker=mqtt://127.0.0.1:{self._broker.port}",
                f"--into={self.book}",
            ]
        else:
            words = ["benchmarks.events.consumer", f"--port={self._broker.port}", f"--file={self.book}"]
            words.append(f"--way={self._way}")
        consumer = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._hear, args=(consumer,), daemon=True).start()
        return consumer

    def _read(self, publisher: subprocess.Popen[str]) -> None:
        """Take in what a publisher says of its life."""
        assert publisher.stdout is not None
        resent = 0
        for line in publisher.stdout:
            if line.endswith("\n"):
                newest, resent = map(int, line.split())
                self._note(newest)
        self.resent += resent

    def _note(self, newest: int) -> None:
        # Of our own device's events each number counts: a line may stand for several.
        self.happened.update(
            {newest} if self._plain else range(max(self.happened, default=0) + 1, newest + 1)
        )

    def _hear(self, consumer: subprocess.Popen[str]) -> None:
        assert consumer.stdout is not None
        for line in consumer.stdout:
            self._log.write(line.encode())
            if "connected" in line:
                self._ready.set()

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from edge.core import topics
from edge.core.gaps import gap_teller
from edge.delivery import Delivery
from edge.delivery.record import Record
from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.clock import SystemClock
from edge.drivers.journal_sqlite import SqliteJournal
from tests.listening import PATIENCE_S, until
from tests.samples import a_change, an_event
from tests.system.chatterbox import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto
    from tests.local_postgres import Postgres

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
KEPT = "select seq from events order by device, epoch, seq"


class Database(Protocol):
    """Where the consumer puts events."""

    address: str

    def numbers(self) -> list[int]:
        """Return the numbers of all events, sorted."""
        ...

    def is_free(self) -> bool:
        """Return whether it knows that nobody writes any more."""
        ...


class File:
    """A file of SQLite."""

    def __init__(self, path: Path) -> None:
        self.address = str(path)

    def is_free(self) -> bool:
        """Say so: the lock of a file goes with its owner."""
        return True

    def numbers(self) -> list[int]:
        """Read the file, as anybody may while it is written."""
        if not Path(self.address).exists():
            return []
        with closing(sqlite3.connect(f"file:{self.address}?mode=ro", uri=True)) as db:
            if not db.execute("select 1 from sqlite_master where name = 'events'").fetchall():
                return []
            return [seq for (seq,) in db.execute(KEPT)]


class Server:
    """A database of PostgreSQL."""

    def __init__(self, server: Postgres) -> None:
        self.address = server.empty_database()
        self._server = server

    def is_free(self) -> bool:
        """Ask the server for the lock of who writes."""
        return self._server.sql("select count(*) from pg_locks where locktype = 'advisory'") == "0"

    def numbers(self) -> list[int]:
        """Ask the server."""
        if not self._server.sql("select to_regclass('stillwatch.events')"):
            return []
        return [int(row) for row in self._server.sql(f"set search_path to stillwatch; {KEPT}").splitlines()]


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """The same tests with both databases."""
    if request.param == "sqlite":
        return File(tmp_path / "events.sqlite3")
    return Server(request.getfixturevalue("postgres"))


class Scene:
    """A device that waits for its consumer, a broker, and the consumer's process."""

    def __init__(self, broker: Mosquitto, folder: Path, database: Database) -> None:
        self.broker = broker
        self.database = database
        self.told = 0
        self._log = (folder / "consumer.log").open("w")
        self.log = folder / "consumer.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.journal = SqliteJournal(
            folder / "journal.sqlite3", encode=encode, encode_gap=gap_teller("bench1")
        )
        record = Record(self.journal, "bench1")
        self.delivery = Delivery(
            self.journal,
            PahoBroker(Access("127.0.0.1", broker.port, "bench1"), topics=record.topics, dice=lambda: 0.1),
            SystemClock(),
            welcome=list,
            record=record,
        )
        self.delivery.start()

    def tell(self, count: int) -> None:
        """Let so much happen."""
        for _ in range(count):
            self.delivery.put([a_change()], [an_event(a_change())])
        self.told += count

    def wait_until_kept(self) -> None:
        """Return once the database has each event once, and the device none."""
        until(lambda: len(self.database.numbers()) >= self.told and self.journal.depth() == 0)
        assert self.database.numbers() == list(range(1, self.told + 1))

    def consume(self, *arguments: str) -> None:
        """Start the consumer."""
        command = [sys.executable, "-m", "edge", "consume", "--into", self.database.address]
        url = f"mqtt://localhost:{self.broker.port}"
        self._process = subprocess.Popen(
            [*command, "--broker", url, *arguments], cwd=ROOT, stdout=self._log, stderr=self._log
        )

    def kill_consumer(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        until(self.database.is_free)

    def stop_consumer(self) -> int:
        """Ask it to end; return what it exits with."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGTERM)
        code = self._process.wait(PATIENCE_S)
        until(self.database.is_free)
        return code

    def status(self) -> dict[str, object]:
        """Return what ``--status`` says of the one device."""
        command = [sys.executable, "-m", "edge", "consume", "--status", "--json"]
        done = subprocess.run(
            [*command, "--into", self.database.address], cwd=ROOT, capture_output=True, text=True, check=True
        )
        (one,) = json.loads(done.stdout)["sequences"]
        return dict(one)

    def close(self) -> None:
        """End it all."""
        self.delivery.stop(0)
        if self._process is not None and self._process.poll() is None:
            self.kill_consumer()
        self._log.close()


@pytest.fixture
def scene(mosquitto: StartMosquitto, tmp_path: Path, database: Database) -> Iterator[Scene]:
    """Give a device that is up, and no consumer yet."""
    scene = Scene(mosquitto(), tmp_path, database)
    yield scene
    scene.close()


def test_what_a_device_tells_is_kept_and_the_device_may_delete_it(scene: Scene) -> None:
    scene.tell(300)
    scene.consume()
    scene.wait_until_kept()
    assert scene.stop_consumer() == 0
    status = scene.status()
    assert (status["seq"], status["missing"], status["lost"]) == (300, 0, 0)


def test_what_was_told_while_no_consumer_ran_is_kept_when_one_does(scene: Scene) -> None:
    scene.consume()
    scene.tell(5)
    until(lambda: len(scene.database.numbers()) == 5)
    scene.stop_consumer()
    scene.tell(50)
    scene.consume()
    scene.wait_until_kept()


@pytest.mark.slow
def test_through_deaths_of_consumer_and_broker_each_event_is_kept_once(scene: Scene) -> None:
    dice = random.Random(5)  # noqa: S311 - a test's own dice
    for life in range(6):
        scene.consume()
        before = len(scene.database.numbers())
        scene.tell(150)
        wanted = dice.randrange(1, 150)
        until(lambda: len(scene.database.numbers()) >= before + wanted)  # noqa: B023 - used at once
        if life % 3 == 1:
            scene.broker.kill()
            scene.broker.start()
        scene.kill_consumer()
    scene.consume()
    scene.wait_until_kept()
    assert scene.status()["gaps"] == 0


def test_two_consumers_do_not_write_into_one_database(scene: Scene) -> None:
    scene.consume()
    scene.tell(1)
    until(scene.database.numbers)
    command = [sys.executable, "-m", "edge", "consume", "--broker", "mqtt://localhost", "--into"]
    done = subprocess.run(
        [*command, scene.database.address], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "another `stillwatch consume` writes to it" in done.stderr


def test_a_device_that_waits_for_no_consumer_loses_nothing_to_it_either(
    mosquitto: StartMosquitto, tmp_path: Path, database: Database
) -> None:
    scene = Scene(mosquitto(), tmp_path, database)
    scene.delivery.stop(0)
    topic = topics.event(topics.base("bench1"), "shelf")
    scene.consume()
    until(lambda: "connected" in scene.log.read_text(encoding="utf-8"))
    for seq in (7, 9):  # what lies between is lost, and nobody will tell it again
        payload = encode(an_event(a_change()), "9f3a6c01", seq).payload.decode()
        subprocess.run(
            ["mosquitto_pub", "-p", str(scene.broker.port), "-q", "1", "-t", topic, "-m", payload], check=True
        )
    # It begins where it came in.
    until(lambda: database.numbers() == [7] and scene.status()["newest"] == 9)
    status = scene.status()
    assert (status["newest"], status["missing"], status["waiting"]) == (9, 2, 1)
    scene.close()

"""The composition root: from a configuration to a device that runs.

No module but this, ``edge.cameras``, ``edge.engines`` and ``edge.changes`` names a driver.
"""

from __future__ import annotations

import hashlib
import logging
import platform
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from edge import __version__
from edge.agent import Agent, World
from edge.cameras import camera_of
from edge.config import Config, SourceKind, read_secret
from edge.core import reports, topics, wire
from edge.delivery import Delivery
from edge.drivers.board import SystemBoard, board_name
from edge.drivers.broker_paho import Access, PahoBroker, Tls
from edge.drivers.clock import SystemClock
from edge.drivers.evidence_files import FileEvidence
from edge.drivers.journal_sqlite import SqliteJournal, SqliteVisit
from edge.drivers.records_files import FileRecords
from edge.drivers.references_files import FileReferences
from edge.drivers.rota import Rota
from edge.drivers.state_lock import state_lock
from edge.drivers.watchdog_systemd import SystemdWatchdog
from edge.engines import configured_engine, default_engine, difference_engine, engine_of
from edge.errors import ConfigError
from edge.remembering import known_record, known_references
from edge.telling import Teller
from edge.types import Event, Frame, Message, NoFrame
from edge.watcher import Watcher

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from edge.config import CameraConfig
    from edge.ports import Camera, Clock, Engine, Journal, Records, References

__all__ = [
    "Device",
    "access_of",
    "camera_of",
    "configured_engine",
    "default_engine",
    "device",
    "difference_engine",
    "engine_of",
    "open_journal",
]

log = logging.getLogger(__name__)

JOURNAL = "journal.sqlite3"
REFERENCES = "references"
RECORDS = "calibration"
EVIDENCE = "evidence"
FAREWELL_S = 3.0


@dataclass(frozen=True, slots=True)
class Device:
    """A device whose delivery runs; ``watch`` makes it look.

    Attributes:
        delivery: Its outbox.
        agent: Its watch loop.
        stop: Set by whoever wants an end.
    """

    delivery: Delivery
    agent: Agent
    stop: threading.Event

    def watch(self) -> int:
        """Watch until the cameras end or ``stop`` is set; return the frames seen."""
        return self.agent.run(self.stop.is_set)


@contextmanager
def state_held(folder: Path) -> Iterator[None]:
    """Hold a state folder, made where it is missing, as the only process that does.

    Raises:
        ConfigError: Another stillwatch holds it, or it cannot be written to.
    """
    _make(folder)
    with state_lock(folder):
        yield


@contextmanager
def device(  # noqa: PLR0913 - each part of the world may be another's
    config: Config,
    *,
    stop: threading.Event,
    seconds: float | None = None,
    cameras: Sequence[Camera] | None = None,
    engine: Engine | None = None,
    clock: Clock | None = None,
    config_error: str | None = None,
) -> Iterator[Device]:
    """Put a device together, start its delivery, and take it down in the end.

    Args:
        config: What to watch, and whom to tell.
        stop: Set by whoever wants an end.
        seconds: Stop by itself after so much of the cameras' time.
        cameras: In place of the configured ones, with the same names.
        engine: In place of the configured one.
        clock: In place of the system's, for the cameras and what they show.
        config_error: Why this is not the newest configuration, for the health report.
    """
    clock = clock or SystemClock()
    engine = engine or configured_engine(config.model)
    boot = secrets.token_hex(4)
    board = SystemBoard(config.device.state_dir)
    _make(config.device.state_dir)
    broker = PahoBroker(access_of(config), attributes=wire.cloud_event)
    references = FileReferences(config.device.state_dir / REFERENCES)
    records = FileRecords(config.device.state_dir / RECORDS)
    evidence = FileEvidence(
        config.device.state_dir / EVIDENCE, config.cameras, max_bytes=config.device.evidence_mb << 20
    )
    journal = _journal(config, boot, board, evidence)
    delivery = Delivery(
        journal,
        broker,
        SystemClock(),
        welcome=lambda: _welcome(config, engine, boot),
        farewell=[_status(config, b"offline")],
        late_after_s=config.mqtt.late_after_s,
    )
    rota = Rota(cameras or [camera_of(camera, clock) for camera in config.cameras])
    teller = Teller(
        delivery, board, delivery.stats, device=config.device.id, boot=boot, config_error=config_error
    )
    watchdog = SystemdWatchdog(alive=lambda: delivery.stats().running, status=teller.status)
    world = World(
        ticks=lambda: _for_a_while(rota.ticks(), seconds),
        watchers={c.name: _post(c, engine, clock, references, records, journal) for c in config.cameras},
        outbox=delivery,
        orders=delivery,
        references=references,
        records=records,
        evidence=evidence,
        teller=teller,
        watchdog=watchdog,
    )
    delivery.start()
    try:
        with _figures_told(config.metrics.port, teller):
            yield Device(delivery, Agent(world), stop)
    finally:
        watchdog.stopping()
        rota.close()
        delivery.stop(FAREWELL_S)


def open_journal(where: Config | Path) -> Journal:
    """Open the ledger of a device that has run, also while it runs.

    Args:
        where: Its configuration, or its state folder.

    Raises:
        StorageError: There is none, or it is damaged.
    """
    folder = where if isinstance(where, Path) else where.device.state_dir
    return cast("Journal", SqliteVisit(folder / JOURNAL))


@contextmanager
def _figures_told(port: int | None, teller: Teller) -> Iterator[None]:
    """Let a Prometheus on this machine ask, where that is wanted."""
    if port is None:
        yield
        return
    from edge.drivers.metrics_http import served

    with served(port, teller.metrics):
        yield


def _post(  # noqa: PLR0913, PLR0917 - a post is manned from this much
    camera: CameraConfig,
    engine: Engine,
    clock: Clock,
    references: References,
    records: Records,
    journal: Journal,
) -> Watcher:
    """Man a camera's post as it was left."""
    known = known_references(camera.name, references)
    return Watcher(
        camera.name,
        camera.detect,
        engine,
        clock,
        reference=known[0] if known else None,
        lights=known[1:],
        changes=journal.open_changes(camera.name),
        serial=journal.last_serial(camera.name),
        post=journal.post(camera.name),
        ignore=(*camera.ignore, *camera.privacy),
        record=known_record(camera, engine, records),
        live=camera.source.kind not in {SourceKind.FILE, SourceKind.FOLDER, SourceKind.SIM},
    )


def _journal(config: Config, boot: str, board: SystemBoard, evidence: FileEvidence) -> SqliteJournal:
    base = topics.base(config.device.id)

    def encode(event: Event, epoch: str, seq: int) -> Message:
        evidence.numbered(event, epoch, seq)
        payload = wire.event_payload(
            event,
            device=config.device.id,
            epoch=epoch,
            seq=seq,
            boot=boot,
            ts_ns=SystemClock().now().wall_ns,
            clock_synced=board.clock_synced(),
        )
        return Message(topics.event(base, event.camera), payload, qos=1, retain=False)

    journal = SqliteJournal(
        config.device.state_dir / JOURNAL, encode=encode, max_bytes=config.mqtt.outbox_mb << 20
    )
    if journal.quarantined:
        log.error("the ledger was damaged; it is kept as %s, and a new one begun", journal.quarantined)
    return journal


def access_of(config: Config) -> Access:
    """Return how the device is let in by its broker.

    Raises:
        ConfigError: The password cannot be read.
    """
    mqtt = config.mqtt
    ca_file = None if mqtt.ca_file is None else str(mqtt.ca_file)
    return Access(
        host=mqtt.host,
        port=mqtt.port,
        client_id=config.device.id,
        username=mqtt.username,
        password=None if mqtt.password_file is None else read_secret(mqtt.password_file),
        tls=Tls(ca_file=ca_file) if mqtt.tls else None,
        protocol=mqtt.protocol,
        will=_status(config, b"offline"),
    )


def _welcome(config: Config, engine: Engine, boot: str) -> list[Message]:
    """What a broker is told first: that we are here, and who we are."""
    payload = reports.info_payload(
        ts_ns=SystemClock().now().wall_ns,
        device=config.device.id,
        boot=boot,
        version=__version__,
        python=platform.python_version(),
        board=board_name(),
        model=engine.contract.tag(engine.delegate),
        cameras={camera.name: camera.detect for camera in config.cameras},
        config_sha256=hashlib.sha256(repr(config).encode()).hexdigest(),
    )
    info = Message(topics.info(topics.base(config.device.id)), payload, qos=1, retain=True)
    return [_status(config, b"online"), info]


def _status(config: Config, payload: bytes) -> Message:
    return Message(topics.status(topics.base(config.device.id)), payload, qos=1, retain=True)


def _for_a_while(ticks: Iterator[Frame | NoFrame], seconds: float | None) -> Iterator[Frame | NoFrame]:
    first = None
    for tick in ticks:
        now = tick.moment
        first = first or now
        if seconds is not None and now.seconds_since(first) >= seconds:
            return
        yield tick


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        msg = f"[device] state_dir: cannot make {folder}: {error.strerror}; name a folder we may write to"
        raise ConfigError(msg) from error

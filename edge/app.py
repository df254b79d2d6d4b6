"""The composition root: from a configuration to a device that runs.

No module but this, ``edge.engines`` and ``edge.changes`` names a driver.
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
from edge.config import Config, SourceKind, read_secret
from edge.core import reports, topics, wire
from edge.delivery import Delivery
from edge.drivers.board import SystemBoard, board_name
from edge.drivers.broker_paho import Access, PahoBroker, Tls
from edge.drivers.clock import SystemClock
from edge.drivers.evidence_files import FileEvidence
from edge.drivers.journal_sqlite import SqliteJournal, SqliteVisit
from edge.drivers.references_files import FileReferences
from edge.drivers.rota import Rota
from edge.drivers.watchdog_systemd import SystemdWatchdog
from edge.engines import default_engine, difference_engine, engine_of
from edge.errors import ConfigError, StorageError
from edge.telling import Teller
from edge.types import Event, Frame, Message, NoFrame
from edge.watcher import Watcher

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from edge.config import CameraConfig, ModelConfig
    from edge.ports import Camera, Clock, Engine, Journal, References

__all__ = [
    "Device",
    "camera_of",
    "default_engine",
    "device",
    "difference_engine",
    "engine_of",
    "open_journal",
    "run",
]

log = logging.getLogger(__name__)

JOURNAL = "journal.sqlite3"
REFERENCES = "references"
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


def run(config: Config, *, seconds: float | None, stop: threading.Event) -> int:
    """Watch the configured cameras.

    Args:
        config: What to watch, and whom to tell.
        seconds: Stop by itself after so much of the cameras' time; ``None`` for never.
        stop: Set by whoever wants an end.

    Returns:
        The exit code, 0; whatever keeps the device from running is raised.

    Raises:
        EdgeError: See ``edge.errors``.
    """
    with device(config, stop=stop, seconds=seconds) as running:
        frames = running.watch()
    log.info("stopped after %d frames", frames)
    return 0


@contextmanager
def device(  # noqa: PLR0913 - each part of the world may be another's
    config: Config,
    *,
    stop: threading.Event,
    seconds: float | None = None,
    cameras: Sequence[Camera] | None = None,
    engine: Engine | None = None,
    clock: Clock | None = None,
) -> Iterator[Device]:
    """Put a device together, start its delivery, and take it down in the end.

    Args:
        config: What to watch, and whom to tell.
        stop: Set by whoever wants an end.
        seconds: Stop by itself after so much of the cameras' time.
        cameras: In place of the configured ones, with the same names.
        engine: In place of the configured one.
        clock: In place of the system's, for the cameras and what they show.
    """
    clock = clock or SystemClock()
    engine = engine or _engine(config.model)
    boot = secrets.token_hex(4)
    board = SystemBoard(config.device.state_dir)
    _make(config.device.state_dir)
    broker = PahoBroker(_access(config), attributes=wire.cloud_event)
    references = FileReferences(config.device.state_dir / REFERENCES)
    journal = _journal(config, boot, board)
    delivery = Delivery(
        journal,
        broker,
        SystemClock(),
        welcome=lambda: _welcome(config, engine, boot),
        farewell=[_status(config, b"offline")],
        late_after_s=config.mqtt.late_after_s,
    )
    rota = Rota(cameras or [camera_of(camera, clock) for camera in config.cameras])
    world = World(
        ticks=lambda: _for_a_while(rota.ticks(), seconds),
        watchers={c.name: _post(c, engine, clock, references, journal) for c in config.cameras},
        outbox=delivery,
        orders=delivery,
        references=references,
        evidence=FileEvidence(config.device.state_dir / EVIDENCE),
        teller=Teller(delivery, board, delivery.stats, device=config.device.id, boot=boot),
        watchdog=SystemdWatchdog(alive=lambda: delivery.stats().running),
    )
    delivery.start()
    try:
        yield Device(delivery, Agent(world), stop)
    finally:
        rota.close()
        delivery.stop(FAREWELL_S)


def camera_of(config: CameraConfig, clock: Clock) -> Camera:
    """Return the driver for a configured camera.

    Raises:
        ConfigError: Its source is of a kind that cannot be configured.
    """
    kind, location = config.source.kind, config.source.location
    if kind is SourceKind.FILE:
        from edge.drivers.camera_opencv import VideoFile

        return VideoFile(config.name, Path(location), config.fps, clock)
    if kind is SourceKind.FOLDER:
        from edge.drivers.camera_folder import FolderCamera

        return FolderCamera(config.name, Path(location), config.fps, clock)
    if kind in {SourceKind.DEVICE, SourceKind.STREAM}:
        from edge.drivers.camera_opencv import LiveCamera

        return LiveCamera(config.name, location, config.fps, clock)
    msg = f"camera {config.name!r}: the source {config.source} is for the demonstration only"
    raise ConfigError(msg)


def open_journal(where: Config | Path) -> Journal:
    """Open the ledger of a device that has run, also while it runs.

    Args:
        where: Its configuration, or its state folder.

    Raises:
        StorageError: There is none, or it is damaged.
    """
    folder = where if isinstance(where, Path) else where.device.state_dir
    return cast("Journal", SqliteVisit(folder / JOURNAL))


def _post(
    camera: CameraConfig, engine: Engine, clock: Clock, references: References, journal: Journal
) -> Watcher:
    """Man a camera's post as it was left."""
    try:
        reference = references.load(camera.name)
    except StorageError as error:
        log.error("%s; learning the scene anew", error)  # noqa: TRY400 - the sentence says it all
        reference = None
    return Watcher(
        camera.name,
        camera.detect,
        engine,
        clock,
        reference=reference,
        changes=journal.open_changes(camera.name),
        serial=journal.last_serial(camera.name),
    )


def _journal(config: Config, boot: str, board: SystemBoard) -> SqliteJournal:
    base = topics.base(config.device.id)

    def encode(event: Event, epoch: str, seq: int) -> Message:
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


def _access(config: Config) -> Access:
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


def _engine(model: ModelConfig) -> Engine:
    if model.method == "difference":
        return difference_engine()
    if model.bundle is None and model.threads is None:
        return default_engine()
    return engine_of(model.bundle, threads=model.threads)


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

"""The composition root: from a configuration to a device that runs.

No module but this and those that stand beside and right below it in the layers names a driver.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.agent import Agent, World
from edge.cameras import camera_of
from edge.commanding import Commander
from edge.config.certificate import days_left
from edge.core import wire
from edge.delivery import Delivery, Record
from edge.drivers.announcements_file import FileAnnouncements
from edge.drivers.board import SystemBoard, board_name
from edge.drivers.broker_paho import PahoBroker
from edge.drivers.clock import SystemClock
from edge.drivers.evidence_files import FileEvidence
from edge.drivers.records_files import FileRecords
from edge.drivers.references_files import FileReferences
from edge.drivers.rota import Rota
from edge.drivers.watchdog_systemd import SystemdWatchdog
from edge.engines import configured_engine, default_engine, difference_engine, engine_of
from edge.home_assistant import home_assistant_of
from edge.images import Images
from edge.introducing import access_of, status, welcome
from edge.remembering import manned
from edge.state_folder import (
    ANNOUNCED,
    EVIDENCE,
    RECORDS,
    REFERENCES,
    journal_of,
    make,
    open_journal,
    state_held,
)
from edge.telling import Teller

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Sequence

    from edge.config import Config
    from edge.ports import Camera, Clock, Engine
    from edge.types import Frame, NoFrame

__all__ = [
    "EVIDENCE",
    "Device",
    "camera_of",
    "configured_engine",
    "default_engine",
    "device",
    "difference_engine",
    "engine_of",
    "open_journal",
    "state_held",
]

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
    make(config.device.state_dir)
    references = FileReferences(config.device.state_dir / REFERENCES)
    records = FileRecords(config.device.state_dir / RECORDS)
    evidence = FileEvidence(
        config.device.state_dir / EVIDENCE, config.cameras, max_bytes=config.device.evidence_mb << 20
    )
    journal = journal_of(config, boot, board, evidence)
    private = {camera.name: camera.privacy for camera in config.cameras}
    commander = Commander(journal, SystemClock(), device=config.device.id, boot=boot, cameras=private)
    record = Record(journal, config.device.id) if config.mqtt.confirm == "consumer" else None
    home_assistant = home_assistant_of(
        config, SystemClock(), FileAnnouncements(config.device.state_dir / ANNOUNCED), board=board_name()
    )
    asked = (*commander.topics, *home_assistant.topics, *(record.topics if record else ()))
    delivery = Delivery(
        journal,
        PahoBroker(access_of(config), attributes=wire.cloud_event, topics=asked),
        SystemClock(),
        welcome=lambda: [*welcome(config, engine, boot), *home_assistant.welcome()],
        farewell=[status(config, b"offline")],
        late_after_s=config.mqtt.late_after_s,
        listeners=[commander, home_assistant],
        record=record,
    )
    rota = Rota(cameras or [camera_of(camera, clock) for camera in config.cameras])
    teller = Teller(
        delivery,
        board,
        delivery.stats,
        device=config.device.id,
        boot=boot,
        config_error=config_error,
        cert_days_left=lambda: days_left(config.mqtt, SystemClock().now().wall_ns),
        commands=commander.count,
    )
    watchdog = SystemdWatchdog(alive=lambda: delivery.stats().running, status=teller.status)
    world = World(
        ticks=lambda: _for_a_while(rota.ticks(), seconds),
        watchers={c.name: manned(c, engine, clock, references, records, journal) for c in config.cameras},
        outbox=delivery,
        orders=delivery,
        references=references,
        records=records,
        evidence=evidence,
        images=Images(delivery, device=config.device.id, kinds=config.mqtt.images, private=private),
        teller=teller,
        watchdog=watchdog,
    )
    world.images.take_back()
    delivery.start()
    try:
        with _figures_told(config.metrics.port, teller):
            yield Device(delivery, Agent(world), stop)
    finally:
        watchdog.stopping()
        rota.close()
        delivery.stop(FAREWELL_S)


@contextmanager
def _figures_told(port: int | None, teller: Teller) -> Iterator[None]:
    """Let a Prometheus on this machine ask, where that is wanted."""
    if port is None:
        yield
        return
    from edge.drivers.metrics_http import served

    with served(port, teller.metrics):
        yield


def _for_a_while(ticks: Iterator[Frame | NoFrame], seconds: float | None) -> Iterator[Frame | NoFrame]:
    first = None
    for tick in ticks:
        now = tick.moment
        first = first or now
        if seconds is not None and now.seconds_since(first) >= seconds:
            return
        yield tick

"""A device's state folder: who holds it, what lies where in it, and its ledger."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from edge.core import topics, wire
from edge.core.gaps import gap_teller
from edge.drivers.clock import SystemClock
from edge.drivers.journal_sqlite import SqliteJournal, SqliteVisit
from edge.drivers.state_lock import state_lock
from edge.errors import ConfigError
from edge.files import AS_THE_DEVICE, is_there, remedy
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.config import Config
    from edge.drivers.evidence_files import FileEvidence
    from edge.ports import Board, Journal
    from edge.types import Event

log = logging.getLogger(__name__)

JOURNAL = "journal.sqlite3"
REFERENCES = "references"
RECORDS = "calibration"
EVIDENCE = "evidence"
ANNOUNCED = "home-assistant.json"


@contextmanager
def state_held(folder: Path) -> Iterator[None]:
    """Hold a state folder, made where it is missing, as the only process that does.

    Raises:
        ConfigError: Another stillwatch holds it, or it cannot be written to.
    """
    make(folder)
    with state_lock(folder):
        yield


def make(folder: Path) -> None:
    """Make a state folder that only we may look into, where it is missing.

    Raises:
        ConfigError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        msg = f"[device] state_dir: cannot make {folder}: {error.strerror}; {remedy(error)}"
        raise ConfigError(msg) from error


def existing(folder: Path) -> Path:
    """Return the state folder of a device that has run.

    Raises:
        ConfigError: There is no such folder.
        StorageError: This user may not look.
    """
    if is_there(folder, fix=AS_THE_DEVICE) and folder.is_dir():
        return folder
    msg = f"{folder}: no such folder; name the state folder of a device that has run"
    raise ConfigError(msg)


def open_journal(where: Config | Path) -> Journal:
    """Open the ledger of a device that has run, also while it runs.

    Args:
        where: Its configuration, or its state folder.

    Raises:
        ConfigError: There is no such folder.
        StorageError: There is no ledger in it, this user may not read it, or it is damaged.
    """
    folder = existing(where) if isinstance(where, Path) else where.device.state_dir
    return cast("Journal", SqliteVisit(folder / JOURNAL))


def journal_of(config: Config, boot: str, board: Board, evidence: FileEvidence) -> SqliteJournal:
    """Open a device's ledger and outbox, a new one where it was damaged.

    Args:
        config: Whose.
        boot: Random id of this run of the program.
        board: Says whether the clock can be believed.
        evidence: Learns the number that each event gets.

    Raises:
        StorageError: The disk refuses.
    """
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
        config.device.state_dir / JOURNAL,
        encode=encode,
        encode_gap=gap_teller(config.device.id),
        max_bytes=config.mqtt.outbox_mb << 20,
    )
    if journal.quarantined:
        log.error("the ledger was damaged; it is kept as %s, and a new one begun", journal.quarantined)
    return journal

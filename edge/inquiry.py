"""What a process beside the running device may look into: what explains alarms and silences."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge.drivers.evidence_files import EvidenceVisit, Kept
from edge.drivers.journal_sqlite import SqliteVisit
from edge.drivers.picture_files import write_files
from edge.errors import StorageError
from edge.state_folder import EVIDENCE, JOURNAL, existing

if TYPE_CHECKING:
    from edge.config import Config
    from edge.types import Change

__all__ = ["Inquiry", "Kept", "inquire", "write_files"]

LOOK_BACK = 10_000
"""Newest rows of the ledger that are searched."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is known of a device.

    Attributes:
        evidence: What was kept of its events and looks.
        changes: The newest of its ledger, newest first.
    """

    evidence: EvidenceVisit
    changes: tuple[Change, ...]


def inquire(where: Config | Path) -> Inquiry:
    """Look into the folder of a device that has run, also while it runs.

    Args:
        where: Its configuration, or its state folder.

    Raises:
        ConfigError: There is no such folder.
        StorageError: Nothing was kept there, or this user may not look into it.
    """
    folder = existing(where if isinstance(where, Path) else where.device.state_dir)
    evidence = EvidenceVisit(folder / EVIDENCE)
    try:
        with closing(SqliteVisit(folder / JOURNAL)) as journal:
            return Inquiry(evidence, tuple(journal.changes(LOOK_BACK)))
    except StorageError as error:  # evidence explains much by itself
        evidence.skipped.append(str(error))
        return Inquiry(evidence, ())

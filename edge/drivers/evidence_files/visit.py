"""The evidence as a process beside the running device reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core import numbered
from edge.core.evidence import MAX_BYTES, decoded
from edge.core.glance_bytes import unpacked
from edge.core.segments import LOOK, MAX_PAYLOAD, NUMBER, PICTURE, unframed
from edge.drivers.evidence_files.evidence import LOOKS
from edge.drivers.evidence_files.folder import NUMBERED, RECORD
from edge.drivers.evidence_files.ring import content_of, segments
from edge.errors import StorageError
from edge.files import AS_THE_DEVICE, is_there

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.core.evidence import EventEvidence
    from edge.core.glances import Glance
    from edge.core.segments import Record

MAX_SEGMENT_BYTES = (256 << 20) + MAX_PAYLOAD
_JPEG = b"\xff\xd8"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of one event.

    Attributes:
        evidence: Its figures.
        pictures: Its pictures, by name.
    """

    evidence: EventEvidence
    pictures: tuple[Path, ...]


class EvidenceVisit:
    """Evidence that may belong to a running device; nothing is ever changed.

    What is damaged is left out, and named in ``skipped``.

    Attributes:
        skipped: What could not be read, one sentence each.
    """

    def __init__(self, directory: Path) -> None:
        """Look into a folder.

        Raises:
            StorageError: There is none, or this user may not look into it.
        """
        if not is_there(directory, fix=AS_THE_DEVICE):
            msg = f"{directory} does not exist: has the device run with this state directory?"
            raise StorageError(msg)
        self._directory = directory
        self.skipped: list[str] = []

    def events(self) -> list[Kept]:
        """Return what was kept of events, oldest first.

        Raises:
            StorageError: The disk refuses.
        """
        records: dict[int, Path] = {}
        pictures: dict[int, list[Path]] = {}
        try:
            for path in sorted(self._directory.iterdir()):
                if match := NUMBERED.fullmatch(path.name):
                    if match[3] == RECORD:
                        records[int(match[1])] = path
                    else:
                        pictures.setdefault(int(match[1]), []).append(path)
        except OSError as error:
            raise self._refused(error) from error
        found = []
        for number, path in sorted(records.items()):
            try:
                evidence = decoded(content_of(path, MAX_BYTES + 1))
            except FileNotFoundError:  # its time was up
                continue
            except (OSError, ValueError) as error:
                self.skipped.append(f"{path.name}: {error}")
                continue
            found.append(Kept(evidence, tuple(pictures.get(number, ()))))
        return found

    def glances(self, camera: str, since_ns: int, until_ns: int) -> list[Glance]:
        """Return a camera's looks that were kept of a stretch of time, in the order they were taken."""
        return [
            glance
            for record in self._records()
            if (record.kind, record.camera) == (LOOK, camera) and since_ns <= record.wall_ns <= until_ns
            if (glance := self._glance(record)) is not None
        ]

    def reach(self) -> dict[str, tuple[int, int]]:
        """Return, by camera, the wall clock of the oldest and the newest look that is kept."""
        found: dict[str, tuple[int, int]] = {}
        for record in self._records():
            if record.kind == LOOK:
                oldest, newest = found.get(record.camera, (record.wall_ns, record.wall_ns))
                found[record.camera] = min(oldest, record.wall_ns), max(newest, record.wall_ns)
        return found

    def pictures(self, camera: str, since_ns: int, until_ns: int) -> list[tuple[int, bytes]]:
        """Return wall clock and JPEG file of a camera's kept frames."""
        return [
            (record.wall_ns, record.payload)
            for record in self._records()
            if (record.kind, record.camera) == (PICTURE, camera) and since_ns <= record.wall_ns <= until_ns
            if record.payload.startswith(_JPEG)
        ]

    def number(self, epoch: str, seq: int) -> numbered.Numbered | None:
        """Return which event was told under a number; ``None`` when that is not known."""
        found = None
        for record in self._records():
            if record.kind == NUMBER:
                try:
                    said = numbered.decoded(record.payload)
                except ValueError as error:
                    self.skipped.append(f"a number: {error}")
                    continue
                if (said.epoch, said.seq) == (epoch, seq):
                    found = said
        return found

    def _records(self) -> Iterator[Record]:
        directory = self._directory / LOOKS
        try:
            paths = segments(directory)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._refused(error) from error
        for place, path in enumerate(paths):
            try:
                content = content_of(path, MAX_SEGMENT_BYTES)
            except FileNotFoundError:  # its time was up
                continue
            except OSError as error:
                self.skipped.append(f"{path.name}: {error}")
                continue
            records, intact = unframed(content)
            if intact < len(content) and place < len(paths) - 1:
                self.skipped.append(f"{path.name}: damaged after {intact} of {len(content)} bytes")
            yield from records

    def _glance(self, record: Record) -> Glance | None:
        try:
            return unpacked(record.payload)
        except ValueError as error:
            self.skipped.append(f"a look: {error}")
            return None

    def _refused(self, error: OSError) -> StorageError:
        return StorageError(f"{self._directory}: {error.strerror or error}")

"""What was learned is stored; what the disk refused is tried again."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edge.core.calibration.record import made_by
from edge.errors import StorageError

if TYPE_CHECKING:
    from edge.core.calibration.record import Record
    from edge.ports import Records, References
    from edge.seen import Seen
    from edge.types import Instant, Reference
    from edge.watcher import Watcher

TRY_AGAIN_S = 60.0
"""Pause after the disk refused."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Unstored:
    """What is to be stored of one camera, in this order."""

    tried: Instant
    forget: bool = False
    dropped: set[str] = field(default_factory=set)
    references: dict[str, Reference] = field(default_factory=dict)
    record: tuple[Record, str] | None = None


class Keeper:
    """Stores what the cameras' posts learn."""

    def __init__(self, references: References, records: Records) -> None:
        """Keep nothing yet.

        Args:
            references: Keeps how scenes look.
            records: Keeps what views do by themselves.
        """
        self._references = references
        self._records = records
        self._unstored: dict[str, _Unstored] = {}
        self._failing: set[str] = set()

    def keep(self, watcher: Watcher, seen: Seen, now: Instant) -> None:
        """Store what was learned, with what the disk refused before; never raises."""
        learned, camera = seen.learned, watcher.camera
        if not (seen.forget or learned.references or learned.dropped or learned.record):
            return
        # What was learned of a view that is forgotten must not come back.
        before = None if seen.forget else self._unstored.get(camera)
        unstored = self._unstored[camera] = before or _Unstored(now, forget=seen.forget)
        for light in learned.dropped:
            unstored.references.pop(light, None)
            unstored.dropped.add(light)
        for reference in learned.references:
            unstored.dropped.discard(reference.light)
            unstored.references[reference.light] = reference
        if learned.record is not None:
            unstored.record = learned.record, made_by(watcher.model, watcher.threshold)
        self._store(camera, unstored, now)

    def again(self, now: Instant) -> None:
        """Try again what the disk refused, now and then; never raises."""
        for camera, unstored in list(self._unstored.items()):
            if now.seconds_since(unstored.tried) >= TRY_AGAIN_S:
                self._store(camera, unstored, now)

    def finish(self) -> None:
        """Try once more what the disk refused: nobody will later; never raises."""
        for camera, unstored in list(self._unstored.items()):
            self._store(camera, unstored, unstored.tried)

    def _store(self, camera: str, unstored: _Unstored, now: Instant) -> None:
        unstored.tried = now
        try:
            if unstored.forget:
                self._references.forget(camera)
                self._records.forget(camera)
                unstored.forget = False
            for light in sorted(unstored.dropped):
                self._references.drop(camera, light)
                unstored.dropped.discard(light)
            for light, reference in list(unstored.references.items()):
                self._references.save(camera, reference)
                del unstored.references[light]
            if unstored.record is not None:
                self._records.save(camera, *unstored.record)
        except StorageError as error:
            if camera not in self._failing:  # not with every try
                log.error("%s", error, extra={"camera": camera})  # noqa: TRY400 - the sentence says it all
            self._failing.add(camera)
        else:
            del self._unstored[camera]
            self._failing.discard(camera)

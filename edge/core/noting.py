"""How often an open change is written down although nothing has happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.types import Change, Instant

NOTE_EVERY_S = 600.0
"""How long an open change's row in the ledger may be out of date."""


class Noting:
    """Adds, now and then, the open changes: how long they have been open must survive a restart."""

    def __init__(self) -> None:
        self._noted_at: Instant | None = None

    def rows(self, rows: tuple[Change, ...], changes: tuple[Change, ...], now: Instant) -> tuple[Change, ...]:
        """Return the rows to write.

        Args:
            rows: Those that are no longer true.
            changes: All open ones.
            now: The moment.
        """
        if self._noted_at is not None and now.seconds_since(self._noted_at) < NOTE_EVERY_S:
            return rows
        self._noted_at = now
        known = {row.change_id for row in rows}
        return (*rows, *(change for change in changes if change.change_id not in known))

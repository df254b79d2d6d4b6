"""What the disk has not taken yet, bounded: announcements are lost before the ledger is."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from edge.ports import Entry
from edge.types import EventType


class Backlog:
    """Entries that wait to be stored, in order.

    Attributes:
        lost: Events that were given up, and not told as a gap yet.
    """

    def __init__(self) -> None:
        self.lost = 0
        self._entries: deque[Entry] = deque()

    def __len__(self) -> int:
        """Return how many entries wait."""
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Let an entry wait."""
        self._entries.append(entry)

    def together(self) -> Entry:
        """Return all that waits, to be stored in one transaction."""
        entries = tuple(self._entries)
        return Entry(
            changes=tuple(change for entry in entries for change in entry.changes),
            events=tuple(event for entry in entries for event in entry.events),
            done=tuple(order_id for entry in entries for order_id in entry.done),
            posts=tuple(post for entry in entries for post in entry.posts),
            answers=tuple(answer for entry in entries for answer in entry.answers),
        )

    def stored(self) -> None:
        """Note that all of it is stored, and what was lost is told."""
        self._entries.clear()
        self.lost = 0

    def shed(self, keep: int) -> int:
        """Give up events until no more than ``keep`` entries wait, at least one.

        Updates of changes go first, then what is oldest. The rows that belong to them
        stay, with the entry that follows.

        Returns:
            How many events were given up.
        """
        before = self.lost
        while len(self._entries) > max(keep, 1):
            at = next((i for i, entry in enumerate(self._entries) if _only_updates(entry)), 0)
            entry = self._entries[at]
            del self._entries[at]
            self.lost += len(entry.events)
            silent = replace(entry, events=())
            if at < len(self._entries):
                self._entries[at] = _joined(silent, self._entries[at])
            else:
                self._entries[-1] = _joined(self._entries[-1], silent)
        return self.lost - before


def _joined(first: Entry, then: Entry) -> Entry:
    """Return both as one; of what was told of the same thing, the later."""
    return Entry(
        tuple({change.change_id: change for change in (*first.changes, *then.changes)}.values()),
        (*first.events, *then.events),
        (*first.done, *then.done),
        tuple({post.camera: post for post in (*first.posts, *then.posts)}.values()),
        (*first.answers, *then.answers),
    )


def _only_updates(entry: Entry) -> bool:
    return bool(entry.events) and all(event.event_type is EventType.CHANGE_UPDATED for event in entry.events)

"""A journal in memory, on a disk that refuses on cue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.core.rows import serial
from edge.errors import StorageError
from edge.ports import Queued
from edge.types import ChangeStatus, Order, Post

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge.types import Change, Event, Message


class SimJournal:
    """Implements ``edge.ports.Journal``; forgets everything with the process.

    Attributes:
        refuses: Whether the disk refuses to store; set it to break the disk.
        closed: Whether ``close`` was called.
    """

    def __init__(self, *, encode: Callable[[Event, str, int], Message], epoch: str = "5eed0001") -> None:
        self.refuses = False
        self.closed = False
        self._encode = encode
        self._epoch = epoch
        self._changes: dict[str, Change] = {}
        self._events: dict[int, Queued] = {}
        self._orders: dict[int, Order] = {}
        self._posts: dict[str, Post] = {}
        self._last_seq = 0
        self._last_order = 0

    @property
    def epoch(self) -> str:
        """The id given at construction."""
        return self._epoch

    def commit(
        self,
        changes: Sequence[Change],
        events: Sequence[Event],
        done: Sequence[int],
        now_ns: int,
        posts: Sequence[Post] = (),
    ) -> None:
        """Store all of it or nothing.

        Raises:
            StorageError: The disk refuses, on cue.
        """
        self._heed()
        numbered = enumerate(events, self._last_seq + 1)
        stored = {
            seq: Queued(seq, self._encode(event, self._epoch, seq), now_ns, sent=False)
            for seq, event in numbered
        }
        self._events.update(stored)
        self._last_seq += len(stored)
        self._changes.update({change.change_id: change for change in changes})
        self._posts.update({post.camera: post for post in posts})
        for order_id in done:
            self._orders.pop(order_id, None)

    def queued(self, after_seq: int, at_most: int) -> list[Queued]:
        """Return events above ``after_seq``, oldest first."""
        return [event for seq, event in self._events.items() if seq > after_seq][:at_most]

    def mark_sent(self, seqs: Sequence[int]) -> None:
        """Remember that these were handed to a broker."""
        self._heed()
        known = self._events.keys() & set(seqs)
        self._events.update({seq: replace(self._events[seq], sent=True) for seq in known})

    def confirm(self, seqs: Sequence[int]) -> None:
        """Delete events that the other side has."""
        self._heed()
        for seq in seqs:
            self._events.pop(seq, None)

    def depth(self) -> int:
        """Return how many events wait."""
        return len(self._events)

    def open_changes(self, camera: str) -> list[Change]:
        """Return the camera's changes that have not ended, oldest first."""
        mine = (change for change in self._changes.values() if change.camera == camera)
        return [change for change in mine if change.status is not ChangeStatus.ENDED]

    def changes(self, at_most: int) -> list[Change]:
        """Return the newest changes, ended ones included, newest first."""
        return list(reversed(self._changes.values()))[:at_most]

    def last_serial(self, camera: str) -> int:
        """Return the highest number that a ``change_id`` of the camera ends with."""
        mine = (change.change_id for change in self._changes.values() if change.camera == camera)
        return max(map(serial, mine), default=0)

    def post(self, camera: str) -> Post:
        """Return how a camera is watched, as it was last stored."""
        return self._posts.get(camera) or Post(camera)

    def order(self, op: str, args: Mapping[str, str]) -> int:
        """Store an order; return its id."""
        self._heed()
        self._last_order += 1
        self._orders[self._last_order] = Order(self._last_order, op, dict(args))
        return self._last_order

    def orders(self) -> list[Order]:
        """Return the orders that have not been carried out, oldest first."""
        return list(self._orders.values())

    def close(self) -> None:
        """Note that the files would be closed now."""
        self.closed = True

    def _heed(self) -> None:
        if self.refuses:
            msg = "the disk refuses (scripted)"
            raise StorageError(msg)

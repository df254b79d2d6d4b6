"""A journal in memory, on a disk that refuses on cue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge.core.commands import REMEMBERED
from edge.core.gaps import Gap, gap_teller, is_gap
from edge.core.orders import narrowed
from edge.core.rows import serial
from edge.errors import StorageError
from edge.ports import Entry, Queued
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

    def __init__(
        self,
        *,
        encode: Callable[[Event, str, int], Message],
        encode_gap: Callable[[Gap, str, int, int], Message] | None = None,
        epoch: str = "5eed0001",
    ) -> None:
        self.refuses = False
        self.closed = False
        self._encode = encode
        self._encode_gap = encode_gap or gap_teller("sim")
        self._epoch = epoch
        self._changes: dict[str, Change] = {}
        self._events: dict[int, Queued] = {}
        self._orders: dict[int, Order] = {}
        self._posts: dict[str, Post] = {}
        self._commands: dict[str, bytes] = {}
        self._last_seq = 0
        self._last_order = 0

    @property
    def epoch(self) -> str:
        """The id given at construction."""
        return self._epoch

    def commit(self, entry: Entry, now_ns: int, lost: int = 0) -> None:
        """Store all of it or nothing.

        Raises:
            StorageError: The disk refuses, on cue.
        """
        self._heed()
        if lost:
            self._last_seq += 1
            gap = self._encode_gap(Gap(lost, "full"), self._epoch, self._last_seq, now_ns)
            self._events[self._last_seq] = Queued(self._last_seq, gap, now_ns, sent=False)
        numbered = enumerate(entry.events, self._last_seq + 1)
        stored = {
            seq: Queued(seq, self._encode(event, self._epoch, seq), now_ns, sent=False)
            for seq, event in numbered
        }
        self._events.update(stored)
        self._last_seq += len(stored)
        self._changes.update({change.change_id: change for change in entry.changes})
        self._posts.update({post.camera: post for post in entry.posts})
        given = {answer.command_id: answer.message.payload for answer in entry.answers}
        self._commands |= {name: given[name] for name in self._commands.keys() & given.keys()}
        for order_id in entry.done:
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

    def confirm_through(self, seq: int) -> None:
        """Delete all events up to a number."""
        self.confirm([known for known in self._events if known <= seq])

    def give_up(self, seqs: Sequence[int], now_ns: int) -> int:
        """Put gaps in place of events; return of how many."""
        self._heed()
        known = [seq for seq in seqs if seq in self._events and not is_gap(self._events[seq].message.payload)]
        for seq in known:
            gap = self._encode_gap(Gap(1, "refused", (seq, seq)), self._epoch, seq, now_ns)
            self._events[seq] = Queued(seq, gap, now_ns, sent=False)
        return len(known)

    def progress(self) -> tuple[int, int]:
        """Return how far events are deleted from the first on, and the highest that was sent."""
        acked = min(self._events, default=self._last_seq + 1) - 1
        return acked, max((seq for seq, event in self._events.items() if event.sent), default=acked)

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
        still_open = [c.change_id for c in self._changes.values() if c.status is not ChangeStatus.ENDED]
        self._orders[self._last_order] = Order(self._last_order, op, narrowed(op, args, still_open))
        return self._last_order

    def command(self, command_id: str, op: str, args: Mapping[str, str]) -> bytes | None:
        """Store a command as an order, once."""
        self._heed()
        if command_id in self._commands:
            return self._commands[command_id]
        self.order(op, args)
        self._commands = dict([*self._commands.items(), (command_id, b"")][-REMEMBERED:])
        return None

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

"""What waits for the delivery thread: what is ours, and what comes in, each with room of its own."""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.ports import Entry, Received
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.ports import Note

OURS_KEPT = 1000
"""How many entries and messages of ours wait for a thread that hangs, or is gone."""

RECEIVED_KEPT = 200
"""How many messages from outside wait to be heard: of the largest that are let in, some 3 MB."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leave:
    """The wish that the thread ends, and by when."""

    by_ns: int


Item = Entry | Message | Leave
"""What waits beside what the broker says."""


class Inbox:
    """A queue that one thread takes from; nobody waits to put something in.

    Attributes:
        unheard: Messages from outside that came faster than they could be heard, and
            were passed over.
    """

    def __init__(self) -> None:
        self.unheard = 0
        self._items: queue.SimpleQueue[Item | Note] = queue.SimpleQueue()
        self._room_for_ours = threading.Semaphore(OURS_KEPT)
        self._room_for_received = threading.Semaphore(RECEIVED_KEPT)

    def put(self, item: Entry | Message) -> bool:
        """Let something of ours wait; return whether there was room."""
        if not self._room_for_ours.acquire(blocking=False):
            return False
        self._items.put(item)
        return True

    def note(self, note: Note) -> None:
        """Let what the broker says wait; a message from outside only while there is room for it."""
        if not isinstance(note, Received) or self._room_for_received.acquire(blocking=False):
            self._items.put(note)
            return
        if not self.unheard:
            _log.warning("messages come in faster than they can be heard: some are passed over")
        self.unheard += 1

    def leave(self, leave: Leave) -> None:
        """Let the wish wait that the thread ends."""
        self._items.put(leave)

    def taken(self, wait_s: float = 0.0) -> Iterator[Item | Note]:
        """Yield all that waits now, in order; wait for the first for so long."""
        try:
            first = self._items.get(timeout=wait_s)
        except queue.Empty:
            return
        yield self._out(first)
        for _ in range(self._items.qsize()):
            yield self._out(self._items.get_nowait())

    def _out(self, item: Item | Note) -> Item | Note:
        match item:
            case Entry() | Message():
                self._room_for_ours.release()
            case Received():
                self._room_for_received.release()
        return item

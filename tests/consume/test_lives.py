from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from edge.consume import Consumer, keep_consuming
from edge.errors import ConfigError, StorageError
from edge.sim.clock import SimClock
from edge.sim.event_store import SimEventStore
from tests.consume.telling import event_message
from tests.consume.test_consumer import Counter

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.core.sequence import Page
    from edge.ports import Note
    from edge.ports.consuming import EventStore


class Store(SimEventStore):
    """Ends the test once something is kept."""

    def __init__(self, stop: threading.Event, fails: str = "") -> None:
        super().__init__()
        self.fails = fails
        self._stop = stop

    def write(self, page: Page) -> None:
        """Write, and say that it is enough."""
        super().write(page)
        if page.events:
            self._stop.set()


class Offering(Counter):
    """A broker that has one event."""

    def start(self, tell: Callable[[Note], None]) -> None:
        """Connect, and hand it over."""
        super().start(tell)
        self.hand_over(event_message(1))


def opening(*script: Exception | SimEventStore) -> Callable[[], EventStore]:
    """Return a way to open a database that gives this, one after the other."""
    steps = iter(script)

    def open_store() -> EventStore:
        step = next(steps)
        if isinstance(step, Exception):
            raise step
        return step

    return open_store


def consumer(store: EventStore) -> Consumer:
    """Return a consumer that is offered one event."""
    return Consumer(store, Offering([]), SimClock())


@pytest.mark.parametrize(
    "fault", [StorageError("away (scripted)"), ConfigError("held (scripted)")], ids=["away", "held"]
)
def test_a_database_that_does_not_open_at_first_is_said_at_once(fault: Exception) -> None:
    with pytest.raises(type(fault)):
        keep_consuming(opening(fault), consumer, threading.Event(), dice=lambda: 0.0)


def test_a_database_that_fails_later_is_opened_again_until_it_works() -> None:
    stop = threading.Event()
    full, sound = Store(stop, "the disk is full (scripted)"), Store(stop)
    away, held = StorageError("away (scripted)"), ConfigError("held by our ghost (scripted)")
    keep_consuming(opening(full, away, held, away, sound), consumer, stop, dice=lambda: 0.0)
    assert [event.seq for event in sound.events] == [1]
    assert (full.closed, sound.closed) == (True, True)

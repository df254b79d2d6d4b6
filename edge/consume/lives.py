"""A database may be away for a while, as a broker may: what is not stored comes again."""

from __future__ import annotations

import logging
import random
from contextlib import closing
from typing import TYPE_CHECKING

from edge.core.backoff import pause_s
from edge.errors import ConfigError, StorageError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from edge.consume.consumer import Consumer
    from edge.ports.consuming import EventStore

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0

log = logging.getLogger(__name__)


def keep_consuming(
    open_store: Callable[[], EventStore],
    consumer_of: Callable[[EventStore], Consumer],
    stop: threading.Event,
    *,
    dice: Callable[[], float] = random.random,
) -> None:
    """Consume until ``stop`` is set, with a store opened anew whenever one fails.

    Args:
        open_store: Opens the store.
        consumer_of: Makes the consumer of an open store.
        stop: When to end.
        dice: Throws in ``[0, 1)`` for the pauses.

    Raises:
        ConfigError: The store can never be used so.
        StorageError: It cannot be opened the first time.
    """
    store: EventStore | None = open_store()
    failures = 0
    while not stop.is_set():
        if store is None:
            store = _opened_again(open_store)
        if store is not None:
            failures = 0
            _consume(store, consumer_of, stop)
            store = None
        failures += 1
        stop.wait(pause_s(failures, dice(), first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S))


def _consume(store: EventStore, consumer_of: Callable[[EventStore], Consumer], stop: threading.Event) -> None:
    """Consume until the store fails."""
    with closing(store):
        try:
            consumer_of(store).run(stop)
        except StorageError as error:
            log.error("nothing is taken in until the database is back: %s", error)  # noqa: TRY400 - the message says it all


def _opened_again(open_store: Callable[[], EventStore]) -> EventStore | None:
    """Return the store; ``None`` where it is away, or our former connection still holds it."""
    try:
        return open_store()
    except (StorageError, ConfigError) as error:
        log.error("the database is away: %s", error)  # noqa: TRY400 - the message says it all
        return None

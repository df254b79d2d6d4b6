"""What is around a watch loop, made of memory: lists that can be read afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core.reports import Machine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.types import Answer, Change, Event, Message, Moment, Order, Post


class SimOutbox:
    """Implements ``edge.ports.Outbox``; keeps all that was handed over.

    Attributes:
        rows: The newest row of each change, by ``change_id``.
        events: Announcements, in order.
        done: Ids of orders that were carried out, in order.
        posts: The newest of each camera, by name.
        answers: What came of orders, in order.
        shown: Messages of what was true, in order.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Change] = {}
        self.events: list[Event] = []
        self.done: list[int] = []
        self.posts: dict[str, Post] = {}
        self.answers: list[Answer] = []
        self.shown: list[Message] = []

    def put(
        self,
        changes: Sequence[Change],
        events: Sequence[Event],
        done: Sequence[int] = (),
        posts: Sequence[Post] = (),
        answers: Sequence[Answer] = (),
    ) -> None:
        """Keep rows, announcements, orders, posts and answers."""
        self.answers += answers
        self.posts |= {post.camera: post for post in posts}
        self.rows |= {change.change_id: change for change in changes}
        self.events += events
        self.done += done

    def show(self, message: Message) -> None:
        """Keep a message."""
        self.shown.append(message)


class SimOrders:
    """Implements ``edge.ports.Orders``: people ask by ``ask``."""

    def __init__(self) -> None:
        self._asked: list[Order] = []

    def ask(self, order: Order) -> None:
        """Give an order."""
        self._asked.append(order)

    def pending(self) -> tuple[Order, ...]:
        """Return orders that came since the last call."""
        asked, self._asked = tuple(self._asked), []
        return asked


class SimEvidence:
    """Implements ``edge.ports.Evidence``; keeps everything, unbounded.

    Attributes:
        moments: Every moment, in order.
    """

    def __init__(self) -> None:
        self.moments: list[Moment] = []

    def note(self, moment: Moment) -> None:
        """Keep a moment."""
        self.moments.append(moment)


class SimWatchdog:
    """Implements ``edge.ports.Watchdog``.

    Attributes:
        pats: How often it was patted.
    """

    def __init__(self) -> None:
        self.pats = 0

    def pat(self) -> None:
        """Count."""
        self.pats += 1


class SimBoard:
    """Implements ``edge.ports.Board``: a machine without a thermometer.

    Attributes:
        synced: Whether its wall clock can be believed.
    """

    def __init__(self, *, uptime_s: float = 60.0) -> None:
        self.synced = True
        self._uptime_s = uptime_s

    def machine(self) -> Machine:
        """Return how it is doing."""
        return Machine(uptime_s=self._uptime_s)

    def clock_synced(self) -> bool:
        """Whether somebody has set the wall clock."""
        return self.synced

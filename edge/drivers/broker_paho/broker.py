"""Sessions, one after the other, with a pause thrown by dice in between."""

from __future__ import annotations

import itertools
import random
import threading
from typing import TYPE_CHECKING

from edge.core.backoff import pause_s
from edge.drivers.broker_paho.receipts import Receipts
from edge.drivers.broker_paho.session import Session
from edge.ports import Disconnected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from edge.drivers.broker_paho.access import Access
    from edge.drivers.broker_paho.ending import End
    from edge.ports import Note
    from edge.types import Message

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0

CUT_OFF_WITHIN_S = 60.0
CUT_OFF_OFTEN = 3
"""MQTT 3.1.1 has no word for it: a broker that takes us, and so often in a row closes the
connection soon after, has another client with our id, which comes back as we do."""

_STEADY_S = 10.0  # a connection that lasted this long was a good one
_STOP_WITHIN_S = 5.0


class PahoBroker:
    """Implements ``edge.ports.Broker``, and ``edge.ports.consuming.Subscription``.

    Args:
        access: Where the broker is and how to be let in.
        attributes: The user properties that go with a message over MQTT 5.
        topics: Topic filters, subscribed at QoS 1 on every connection; ``Connected``
            is told when the broker has answered that.
        dice: Throws in ``[0, 1)`` for the pauses.
    """

    def __init__(
        self,
        access: Access,
        *,
        attributes: Callable[[Message], Mapping[str, str]] = lambda _: {},
        topics: Sequence[str] = (),
        dice: Callable[[], float] = random.random,
    ) -> None:
        self._access = access
        self._attributes = attributes
        self._topics = tuple(topics)
        self._dice = dice
        self._tokens = itertools.count(1)
        self._receipts = Receipts()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._session: Session | None = None
        self._spoke_5 = False
        self._only_3 = False

    def start(self, tell: Callable[[Note], None]) -> None:
        """Begin connecting, in the background.

        Args:
            tell: Called with each note, from the background thread; it must only
                enqueue.
        """
        self._thread = threading.Thread(target=self._run, args=(tell,), name="mqtt", daemon=True)
        self._thread.start()

    def publish(self, message: Message) -> int | None:
        """Hand a message over; never blocks.

        Returns:
            A token that ``Confirmed`` or ``Refused`` will name; ``None`` while not
            connected.
        """
        session, token = self._session, next(self._tokens)
        return token if session is not None and session.publish(message, token) else None

    def settle(self, receipts: Sequence[int]) -> None:
        """Tell the broker that it need not keep these messages for us any longer."""
        session = self._session
        if session is not None:
            session.settle(receipts)

    def stop(self, farewell: Sequence[Message] = ()) -> None:
        """Publish ``farewell``, disconnect cleanly, end the background thread.

        What the broker has not acknowledged two seconds later is given up.
        """
        for message in farewell:
            self.publish(message)
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_STOP_WITHIN_S)

    def _run(self, tell: Callable[[Note], None]) -> None:
        failures = cut_off = 0
        while not self._stopping.is_set():
            end = self._connect(tell)
            if self._stopping.is_set():
                return
            cut_off = cut_off + 1 if end.wordless and end.lasted_s < CUT_OFF_WITHIN_S else 0
            tell(self._parting(end, cut_off))
            failures = 0 if end.lasted_s >= _STEADY_S else failures + 1
            self._stopping.wait(
                pause_s(failures, self._dice(), first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S)
            )

    def _parting(self, end: End, cut_off: int) -> Disconnected:
        """Say how a connection ended, after so many in a row that the broker closed without a word."""
        if cut_off < CUT_OFF_OFTEN:
            return Disconnected(end.reason, taken_over=end.taken_over)
        reason = (
            f"{self._access.host}:{self._access.port}: the broker took us and soon closed the connection,"
            f" {cut_off} times in a row: another client probably has the device id {self._access.client_id!r}"
            " too; give each device an id of its own ([device] id); if none has, see the broker's log"
        )
        return Disconnected(reason, taken_over=True)

    def _connect(self, tell: Callable[[Note], None]) -> End:
        """Live through one connection, in the first version of MQTT that is answered."""
        if self._access.protocol != "auto":
            return self._live(self._access.protocol, tell)
        if not self._only_3:
            end = self._live("5", tell)
            self._spoke_5 = self._spoke_5 or end.accepted
            if not end.other_version or self._stopping.is_set():
                return end
        end = self._live("3.1.1", tell)
        # A broker that spoke MQTT 5 before was only slow; one that never did need not be asked each time.
        self._only_3 = end.accepted and not self._spoke_5
        return end

    def _live(self, protocol: str, tell: Callable[[Note], None]) -> End:
        session = Session(
            self._access,
            protocol,
            tell=tell,
            attributes=self._attributes,
            topics=self._topics,
            receipts=self._receipts,
        )
        self._session = session
        end = session.live(self._stopping)
        self._session = None
        self._receipts.void()
        return end

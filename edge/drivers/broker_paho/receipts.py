"""Messages that the broker keeps until we say that we have them."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Receipts:
    """Which receipt is for which packet of the connection that is up; used from any thread.

    A packet's number means another message in the next connection, a receipt never does.
    """

    def __init__(self) -> None:
        self._serial = itertools.count(1)
        self._lock = threading.Lock()
        self._packets: dict[int, int] = {}

    def issue(self, packet: int) -> int:
        """Return the receipt for a packet."""
        with self._lock:
            receipt = next(self._serial)
            self._packets[receipt] = packet
            return receipt

    def redeem(self, receipts: Sequence[int]) -> list[int]:
        """Return the packets; those of an earlier connection are left out."""
        with self._lock:
            return [self._packets.pop(receipt) for receipt in receipts if receipt in self._packets]

    def void(self) -> None:
        """Forget all: the connection is gone."""
        with self._lock:
            self._packets.clear()

"""What the system of record answers: how far it has come, and what it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core import topics
from edge.core.encoding import canonical
from edge.types import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.core.told import Key

FLUSH_S = 0.05
FLUSH_AT = 100


class Acks:
    """Acknowledgements, gathered: one says everything up to a number.

    Args:
        publish: Hands a message to the broker; returns ``None`` where it is away.
    """

    def __init__(self, publish: Callable[[Message], int | None]) -> None:
        self._publish = publish
        self._due: dict[Key, int] = {}
        self._gathered = 0
        self._since_s = 0.0

    @property
    def waiting(self) -> bool:
        """Whether something is still to be said."""
        return bool(self._due)

    def add(self, key: Key, seq: int, now_s: float) -> None:
        """Take note that a sequence is kept up to a number; nothing is said of an empty one."""
        if seq:
            self._since_s = self._since_s if self._due else now_s
            self._due[key] = seq
            self._gathered += 1

    def flush(self, now_s: float) -> None:
        """Say it, when enough has gathered or the first has waited long enough; keep what was not taken."""
        if self._gathered < FLUSH_AT and now_s - self._since_s < FLUSH_S:
            return
        self._gathered = 0
        for key in list(self._due):
            if self._publish(ack(key, self._due[key])) is None:
                return
            del self._due[key]

    def rest(self) -> list[Message]:
        """Return what is still to be said."""
        return [ack(key, seq) for key, seq in self._due.items()]


def ack(key: Key, seq: int) -> Message:
    """Return the word that everything up to ``seq`` is kept; retained, for a device that is away."""
    device, epoch = key
    return Message(topics.ack(topics.base(device), epoch), canonical({"seq": seq}), qos=1, retain=True)


def nack(key: Key, expected: int) -> Message:
    """Return the request to begin again at a number."""
    device, epoch = key
    payload = canonical({"expected": expected})
    return Message(topics.nack(topics.base(device), epoch), payload, qos=1, retain=False)

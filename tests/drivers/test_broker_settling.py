from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from edge.drivers.broker_paho import Access, PahoBroker
from edge.drivers.broker_paho.packets import LARGEST_RECEIVED
from edge.drivers.broker_paho.receipts import Receipts
from edge.ports import Connected, Note, Received
from edge.types import Message
from tests.listening import Heard, Subscriber

if TYPE_CHECKING:
    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto

Version = Literal["5", "3.1.1"]
versions = pytest.mark.parametrize("version", ["5", "3.1.1"])


def test_a_receipt_is_good_once() -> None:
    receipts = Receipts()
    one = receipts.issue(7)
    assert [receipts.redeem([one]), receipts.redeem([one])] == [[7], []]


def test_a_receipt_says_nothing_in_the_next_connection() -> None:
    receipts = Receipts()
    before = receipts.issue(7)
    receipts.void()
    now = receipts.issue(7)
    assert [receipts.redeem([before]), receipts.redeem([now])] == [[], [7]]


class Listener:
    """One life of a client that settles by hand."""

    def __init__(self, broker: Mosquitto, version: Version) -> None:
        access = Access(broker.host, broker.port, "records", protocol=version, lasting_s=60)
        self.heard: Heard[Note] = Heard()
        self.client = PahoBroker(access, topics=["d/#"], dice=lambda: 0.01)
        self.client.start(self.heard.tell)
        self.heard.wait(lambda said: any(isinstance(note, Connected) for note in said))

    def payloads(self, count: int) -> list[bytes]:
        """Return what came, once so much has."""
        notes = self.heard.wait(lambda said: sum(isinstance(note, Received) for note in said) >= count)
        return [note.payload for note in notes if isinstance(note, Received)]

    def settle(self, *payloads: bytes) -> None:
        """Settle what came with these."""
        came = [note for note in self.heard.all() if isinstance(note, Received) and note.payload in payloads]
        self.client.settle([note.receipt for note in came if note.receipt is not None])


@versions
@pytest.mark.system
def test_what_was_not_settled_comes_again_and_what_was_does_not(
    mosquitto: StartMosquitto, version: Version
) -> None:
    broker = mosquitto()
    us = Subscriber(broker.port, "nothing")
    first = Listener(broker, version)
    for payload in (b"1", b"2", b"3"):
        us.publish(Message("d/x", payload))
    assert first.payloads(3) == [b"1", b"2", b"3"]
    first.settle(b"1")
    first.client.stop()
    us.publish(Message("d/x", b"4"))
    second = Listener(broker, version)
    assert second.payloads(3) == [b"2", b"3", b"4"]
    second.client.stop()
    us.close()


@versions
@pytest.mark.system
def test_what_is_too_long_does_not_come_again_and_again(mosquitto: StartMosquitto, version: Version) -> None:
    broker = mosquitto("allow_anonymous true\nmax_inflight_messages 1")
    us = Subscriber(broker.port, "nothing")
    listener = Listener(broker, version)
    us.publish(Message("d/x", b"x" * (LARGEST_RECEIVED + 1)))
    us.publish(Message("d/x", b"short"))  # waits behind the long one until that is settled
    assert listener.payloads(1) == [b"short"]
    listener.client.stop()
    us.close()

"""What tests of a whole device begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.listening import Subscriber
from tests.system.test_device import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto


@pytest.fixture
def bench(tmp_path: Path, mosquitto: StartMosquitto) -> Iterator[tuple[Bench, Mosquitto, Subscriber]]:
    """A device ``bench1`` that is not started yet, its broker, and who listens there."""
    broker = mosquitto()
    subscriber = Subscriber(broker.port, "stillwatch/v1/bench1/#")
    device = Bench(tmp_path, broker)
    yield device, broker, subscriber
    device.end()
    subscriber.close()

"""What tests of a whole device begin with, and what of them `make homeassistant` alone runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.home_assistant import VARIABLE
from tests.listening import Subscriber
from tests.system.test_device import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto

# A whole Home Assistant is too much for every run of the tests.
collect_ignore = [] if VARIABLE in os.environ else ["test_home_assistant.py"]


@pytest.fixture
def bench(tmp_path: Path, mosquitto: StartMosquitto) -> Iterator[tuple[Bench, Mosquitto, Subscriber]]:
    """A device ``bench1`` that is not started yet, its broker, and who listens there."""
    broker = mosquitto()
    subscriber = Subscriber(broker.port, "stillwatch/v1/bench1/#")
    device = Bench(tmp_path, broker)
    yield device, broker, subscriber
    device.end()
    subscriber.close()

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.listening import Subscriber

if TYPE_CHECKING:
    from tests.conftest import StartMosquitto

pytestmark = pytest.mark.system


def test_a_killed_broker_comes_back_on_its_port(mosquitto: StartMosquitto) -> None:
    broker = mosquitto()
    broker.kill()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((broker.host, broker.port))
    broker.start()
    socket.create_connection((broker.host, broker.port)).close()


def test_a_broker_stopped_cleanly_leaves_its_store_in_its_folder(mosquitto: StartMosquitto) -> None:
    broker = mosquitto("allow_anonymous true\npersistence true\npersistence_location ./")
    Subscriber(broker.port, "nothing").close()  # it listens before it heeds signals
    broker.stop()
    assert (broker.folder / "mosquitto.db").exists()


def test_a_broker_that_cannot_start_says_why(mosquitto: StartMosquitto) -> None:
    with pytest.raises(RuntimeError, match="Unknown configuration variable"):
        mosquitto("no_such_option true")

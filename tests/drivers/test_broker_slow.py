"""A broker that is slow is of no other version, and one that is too slow for a farewell is not wished one."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from edge.drivers.broker_paho import Access
from edge.ports import Connected
from edge.types import Message
from tests.drivers.test_broker_paho import CONNACK_3, CONNACK_5, HOST, running
from tests.listening import PATIENCE_S, Heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUBACK_5 = b"\x90\x04\x00\x01\x00\x01"
DISCONNECT_3 = b"\xe0\x00"

pytestmark = pytest.mark.system


@contextmanager
def serving(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a broker that lives through one connection as the script says."""
    with socket.create_server((HOST, 0)) as server:
        server.settimeout(PATIENCE_S)

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(PATIENCE_S)
                script(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            thread.join()


def test_one_that_took_us_may_be_slow_to_say_what_we_may_hear() -> None:
    def slow(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(CONNACK_5)
        connection.recv(1024)
        threading.Event().wait(4.0)  # longer than one of another version is waited for
        connection.sendall(SUBACK_5)
        connection.recv(1024)

    with serving(slow) as port, running(Access(HOST, port, "device"), ["d/cmd"]) as (_, notes):
        assert notes.wait(bool) == [Connected("5")]


def test_a_farewell_that_is_not_answered_is_left_to_the_will() -> None:
    heard: Heard[bytes] = Heard()

    def silent(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(CONNACK_3)
        while said := connection.recv(1024):
            heard.tell(said)
        heard.tell(b"")

    with serving(silent) as port, running(Access(HOST, port, "device", protocol="3.1.1")) as (device, notes):
        assert notes.wait(bool) == [Connected("3.1.1")]
        device.stop([Message("d/status", b"offline", retain=True)])
        said = b"".join(heard.wait(lambda said: b"" in said))
    assert b"offline" in said
    assert not said.endswith(DISCONNECT_3)

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from tests.fault_proxy import HOST, FaultProxy
from tests.listening import PATIENCE_S, Heard, until

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def listener() -> Iterator[tuple[int, Heard[bytes]]]:
    """Run a server that writes down what it hears, and gives it back."""
    heard: Heard[bytes] = Heard()

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(ConnectionError):
            while piece := connection.recv(4096):
                heard.tell(piece)
                connection.sendall(piece)
        heard.tell(b"")

    with socket.create_server((HOST, 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line() -> Iterator[tuple[FaultProxy, Heard[bytes]]]:
    """A proxy, and what the server behind it hears."""
    with listener() as (port, heard), FaultProxy(port) as proxy:
        yield proxy, heard


def call(proxy: FaultProxy) -> socket.socket:
    """Connect through the proxy."""
    return socket.create_connection((HOST, proxy.port), timeout=PATIENCE_S)


def test_without_faults_all_goes_through_both_ways(line: tuple[FaultProxy, Heard[bytes]]) -> None:
    with call(line[0]) as client:
        client.sendall(b"hello")
        assert client.recv(100) == b"hello"


def test_a_round_trip_takes_twice_the_delay(line: tuple[FaultProxy, Heard[bytes]]) -> None:
    line[0].faults.delay_s = 0.1
    with call(line[0]) as client:
        began = time.monotonic()
        client.sendall(b"hello")
        client.recv(100)
        assert time.monotonic() - began >= 0.2


def test_a_narrow_line_takes_its_time(line: tuple[FaultProxy, Heard[bytes]]) -> None:
    line[0].faults.bytes_per_s = 40_000
    with call(line[0]) as client:
        began = time.monotonic()
        client.sendall(bytes(8000))
        line[1].wait(lambda said: sum(map(len, said)) == 8000)
        assert time.monotonic() - began >= 0.09  # the last piece is passed on at once


def test_a_cut_comes_in_the_middle_of_what_is_said(line: tuple[FaultProxy, Heard[bytes]]) -> None:
    proxy, heard = line
    proxy.cut_after(3)
    with call(proxy) as client:
        client.sendall(b"hello")
        said = heard.wait(lambda said: said[-1:] == [b""])
        assert b"".join(said) == b"hel"


def test_after_a_cut_the_next_connection_is_whole(line: tuple[FaultProxy, Heard[bytes]]) -> None:
    proxy, heard = line
    with call(proxy) as client:
        client.sendall(b"one")
        heard.wait(bool)
        proxy.cut()
        heard.wait(lambda said: said[-1:] == [b""])
    with call(proxy) as client:
        client.sendall(b"two")
        assert client.recv(100) == b"two"


def test_on_a_silent_line_nothing_comes_through_not_even_the_end(
    line: tuple[FaultProxy, Heard[bytes]],
) -> None:
    proxy, heard = line
    with call(proxy) as client:
        client.sendall(b"one")
        assert client.recv(100) == b"one"
        proxy.faults.silent = True
        client.sendall(b"two")
        until(lambda: proxy.vanished == 3)
    assert heard.all() == [b"one"]
    proxy.faults.silent = False
    with call(proxy) as client:
        client.sendall(b"three")
        assert client.recv(100) == b"three"
    assert b"two" not in heard.all()


def test_a_call_that_is_refused_reaches_nobody(line: tuple[FaultProxy, Heard[bytes]]) -> None:
    proxy, heard = line
    proxy.faults.refusing = True
    with call(proxy) as client:
        assert client.recv(100) == b""
    assert (heard.all(), proxy.accepted) == ([], 1)

from __future__ import annotations

import http.client
import socket
import threading

import pytest

from edge.drivers.metrics_http import HOST, served
from edge.errors import ConfigError
from tests.listening import PATIENCE_S, until


def ask(port: int, path: str = "/metrics", method: str = "GET") -> tuple[int, bytes, str]:
    """Return status, body and type of an answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
    connection.request(method, path)
    with connection.getresponse() as answer:
        found = answer.status, answer.read(), answer.headers["Content-Type"]
    connection.close()
    return found


def test_the_figures_are_of_now() -> None:
    asked = iter([b"a 1\n", b"a 2\n"])
    with served(0, lambda: next(asked)) as port:
        assert [ask(port)[1], ask(port)[1]] == [b"a 1\n", b"a 2\n"]


def test_a_prometheus_is_told_what_it_gets() -> None:
    with served(0, lambda: b"") as port:
        assert ask(port)[2] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        pytest.param("/", "GET", 404, id="the-root"),
        pytest.param("/metrics/../../etc/passwd", "GET", 404, id="a-way-out"),
        pytest.param("/metrics?x=1", "GET", 404, id="with-a-question"),
        pytest.param("/metrics", "POST", 501, id="somebody-who-brings-something"),
        pytest.param("/metrics", "DELETE", 501, id="somebody-who-deletes"),
    ],
)
def test_nothing_else_is_answered(path: str, method: str, status: int) -> None:
    with served(0, lambda: b"secret") as port:
        found, body, _ = ask(port, path, method)
    assert (found, b"secret" in body) == (status, False)


def test_only_this_machine_can_ask() -> None:
    with served(0, lambda: b"") as port, socket.socket() as other:
        other.bind(("127.0.0.2", port))  # would fail, were it served at every address


def test_who_says_nothing_holds_up_the_next_for_a_moment_only() -> None:
    with served(0, lambda: b"here") as port, socket.create_connection((HOST, port)):
        assert ask(port)[1] == b"here"


def test_who_leaves_in_the_middle_does_no_harm() -> None:
    with served(0, lambda: b"here") as port:
        with socket.create_connection((HOST, port)) as rude:
            rude.sendall(b"GET /metr")
        assert ask(port)[1] == b"here"


def test_it_ends_while_somebody_is_connected_and_silent() -> None:
    with served(0, lambda: b"") as port:
        silent = socket.create_connection((HOST, port))
    silent.close()
    until(lambda: "metrics" not in [thread.name for thread in threading.enumerate()])


def test_a_port_that_is_taken_is_told_in_a_line() -> None:
    with (
        served(0, lambda: b"") as port,
        pytest.raises(
            ConfigError, match=rf"^\[metrics\] port: 127.0.0.1:{port}: Address already in use; name"
        ),
        served(port, lambda: b""),
    ):
        pass

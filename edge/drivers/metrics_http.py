"""The device's figures for a Prometheus on this machine: ``GET /metrics``, and nothing else."""

from __future__ import annotations

import http.server
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edge.core.exposition import CONTENT_TYPE
from edge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOST = "127.0.0.1"
PATH = "/metrics"
ASK_WITHIN_S = 2.0
"""Who is asked for nothing in this time is not listened to any longer."""

_STOP_WITHIN_S = 3.0
_POLL_S = 0.1


@contextmanager
def served(port: int, page: Callable[[], bytes]) -> Iterator[int]:
    """Answer whoever asks on this machine, one at a time, in a thread of its own.

    Args:
        port: Where; 0 for any that is free.
        page: Makes the answer; called on that thread.

    Yields:
        The port.

    Raises:
        ConfigError: Another program has the port.
    """

    class Answer(_Answer):
        make = staticmethod(page)

    try:
        server = _Server((HOST, port), Answer)
    except OSError as error:
        msg = f"[metrics] port: {HOST}:{port}: {error.strerror or error}; name a port that nobody else uses"
        raise ConfigError(msg) from error
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(_POLL_S,), name="metrics", daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            # In a thread: who asks slowly must not hold up our end.
            threading.Thread(target=server.shutdown, daemon=True).start()
            thread.join(_STOP_WITHIN_S)


class _Server(http.server.HTTPServer):
    def server_bind(self) -> None:
        """Bind, without asking a name server what this machine is called."""
        super(http.server.HTTPServer, self).server_bind()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever asked has left in the middle, or never asked."""


class _Answer(http.server.BaseHTTPRequestHandler):
    make: Callable[[], bytes]
    timeout = ASK_WITHIN_S
    server_version = "stillwatch"
    sys_version = ""

    def do_GET(self) -> None:
        """Send the figures."""
        if self.path != PATH:
            self.send_error(http.HTTPStatus.NOT_FOUND)
            return
        body = self.make()
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing: a log line every fifteen seconds is of use to nobody."""

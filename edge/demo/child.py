"""The demonstration's broker, in a process of its own that ends with ours."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from edge.demo.photographs import INSTALL
from edge.errors import ConfigError, DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).with_name("broker.py")
"""Started by its path: ``-m`` would look for it in the current folder first."""

HOST = "127.0.0.1"
START_WITHIN_S = 20.0
STOP_WITHIN_S = 5.0


@contextmanager
def broker(log: Path) -> Iterator[int]:
    """Run a broker on a free port of this machine; give its port.

    Args:
        log: File for what it writes; replaced.

    Raises:
        ConfigError: What it needs is not installed.
        DeliveryError: It does not start.
    """
    if find_spec("amqtt") is None:
        fault = f"the demonstration's broker needs amqtt, which is not installed: {INSTALL}"
        raise ConfigError(fault)
    port = _free_port()
    command = [sys.executable, str(PROGRAM), "--port", str(port)]
    with (
        log.open("wb") as writes,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=writes, stderr=writes) as child,
    ):
        try:
            _wait(child, port, log)
            yield port
        finally:
            _end(child)


def _wait(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while child.poll() is None and time.monotonic() < deadline:
        if _answers(port):
            return
        time.sleep(0.05)
    last = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
    msg = f"the demonstration's broker does not start: {last or 'no answer'}"
    raise DeliveryError(msg)


def _answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1.0).close()
    except OSError:
        return False
    return True


def _end(child: subprocess.Popen[bytes]) -> None:
    """Close its standard input, by which it knows that we are gone; then insist."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port

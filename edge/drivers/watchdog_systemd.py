"""Tells systemd how the watch loop is, where systemd asks to be told."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class SystemdWatchdog:
    """Sends ``READY=1`` once, ``WATCHDOG=1`` at a third of the time allowed, and what is new.

    Does nothing where ``NOTIFY_SOCKET`` is not set.

    Source:
        The protocol of ``sd_notify(3)`` and ``sd_watchdog_enabled(3)``.
    """

    def __init__(
        self, alive: Callable[[], bool] = lambda: True, status: Callable[[], str] = lambda: ""
    ) -> None:
        """Read what systemd wants from the environment.

        Args:
            alive: Whether everything beside the watch loop runs; while it does not,
                systemd is not told that we are well.
            status: How it goes, in a line; told when it has changed.
        """
        self._alive = alive
        self._status = status
        self._told = ""
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        allowed_us = os.environ.get("WATCHDOG_USEC", "")
        self._every_s = int(allowed_us) / 3e6 if allowed_us.isdigit() else 1.0
        self._last_s: float | None = None

    def pat(self) -> None:
        """Say that the watch loop is alive."""
        if not self._address or not self._alive():
            return
        now_s = time.monotonic()
        if self._last_s is None:
            self._send(b"READY=1")
        elif now_s - self._last_s < self._every_s:
            return
        self._last_s = now_s
        self._send(b"WATCHDOG=1")
        self._say(self._status())

    def stopping(self) -> None:
        """Say that we end, because somebody wants it."""
        if self._address:
            self._send(b"STOPPING=1")
            self._say("saying farewell")

    def _say(self, status: str) -> None:
        if status != self._told:
            self._told = status
            self._send(f"STATUS={' '.join(status.split())}".encode())

    def _send(self, line: bytes) -> None:
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            try:
                channel.sendto(line, address)
            except OSError:
                return  # nobody listens: systemd will restart us if it wants to

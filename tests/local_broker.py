"""A real mosquitto on the loopback interface, that tests may kill."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"
START_WITHIN_S = 60.0
STOP_WITHIN_S = 60.0  # it may have much to store


def unused_port() -> int:
    """Return a TCP port on the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def find_mosquitto() -> str | None:
    """Return the path of mosquitto; Debian keeps it outside a user's PATH."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Mosquitto:
    """One broker on one port, through any number of lives.

    Attributes:
        host: Where it listens.
        port: The same in every life.
        folder: Its working directory; ``persistence_location ./`` lands here.
    """

    def __init__(self, program: str, folder: Path, config: str) -> None:
        self.host = HOST
        self.port = unused_port()
        self.folder = folder
        self._command = [program, "-c", "mosquitto.conf"]
        self._process: subprocess.Popen[bytes] | None = None
        lines = [f"listener {self.port} {HOST}", config]
        if os.geteuid() == 0:  # else it becomes a user that may not read our files
            lines.insert(0, "user root")
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def start(self) -> None:
        """Run it, and return once it accepts connections."""
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=self.folder, stdout=log, stderr=log)
        deadline = time.monotonic() + START_WITHIN_S
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                msg = f"mosquitto did not start:\n{self.log()}"
                raise RuntimeError(msg)
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut would: ``kill -9``."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End it cleanly; it stores what it keeps."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=STOP_WITHIN_S)
            self._process = None

    def log(self) -> str:
        """Return what it wrote in all its lives."""
        return (self.folder / "mosquitto.log").read_text(encoding="utf-8", errors="replace")

    def _accepts(self) -> bool:
        try:
            socket.create_connection((self.host, self.port), timeout=1.0).close()
        except OSError:
            return False
        return True

"""The device under test and all that is around it: real programs, each of which can be hurt."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.filming import children
from tests.local_broker import Mosquitto, find_mosquitto, unused_port

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
DISK_MB = 48
LEARNED_WITHIN_S = 300.0
CAMERAS = {"shelf", "door"}
CONFIG = """\
# A part that comes and goes all day is restless: with a small budget it would be silenced after an hour.
config = 1
[device]
id = "soak"
state_dir = "{state}"
evidence_mb = 16
log = "json"
[mqtt]
url = "mqtt://127.0.0.1:{broker}"
[metrics]
port = {metrics}
[[camera]]
name = "shelf"
source = "http://soak:secret@127.0.0.1:{camera}/film"
fps = 5.0
[camera.detect]
learn_s = 6.0
clear_s = 2.0
false_alarms_per_day = 1000
frozen_after_s = 10.0
[[camera]]
name = "door"
source = "pipe:{program} -m benchmarks.soak.film --began {began}"
fps = 5.0
[camera.detect]
learn_s = 6.0
clear_s = 2.0
false_alarms_per_day = 1000
"""


class Stage:
    """Everything, started; ``close`` ends all of it.

    Attributes:
        began_s: Wall clock from which the plan counts; ``begin`` sets it.
        broker: The broker.
        device: The device's process.
        state: Its state folder, on a small disk of its own where we may mount one.
        has_disk: Whether that is so.
    """

    def __init__(self, folder: Path) -> None:
        program = find_mosquitto()
        if program is None:
            sys.exit("soak: needs mosquitto: apt install mosquitto")
        self.began_s = 0.0
        self._began = folder / "began"
        self._began.unlink(missing_ok=True)
        self.state = folder / "state"
        self.state.mkdir(exist_ok=True)
        self.has_disk = _mounted(self.state)
        (folder / "broker").mkdir(exist_ok=True)
        self.broker = Mosquitto(program, folder / "broker", "allow_anonymous true")
        self.broker.start()
        self._port = unused_port()
        self._camera = self._film()
        config = folder / "config.toml"
        text = CONFIG.format(
            state=self.state,
            broker=self.broker.port,
            metrics=unused_port(),
            camera=self._port,
            program=sys.executable,
            began=self._began,
        )
        config.write_text(text, encoding="utf-8")
        self._log = (folder / "device.log").open("ab")
        self.device = subprocess.Popen(
            [sys.executable, "-m", "edge", "run", "--config", str(config)], cwd=ROOT, stderr=self._log
        )

    def begin(self, learned: Callable[[], set[str]]) -> None:
        """Wait until the device knows its scenes, then let things happen in them."""
        deadline = time.monotonic() + LEARNED_WITHIN_S
        while learned() != CAMERAS:
            if time.monotonic() > deadline or self.device.poll() is not None:
                sys.exit(f"soak: the device did not learn its scenes: {self._log.name}")
            time.sleep(0.1)
        self.began_s = time.time()
        ready = self._began.with_suffix(".new")
        ready.write_text(str(self.began_s), encoding="utf-8")
        ready.rename(self._began)

    def start_broker(self, heard: Callable[[], bool]) -> None:
        """Let a killed broker live again.

        It forgot who listens: the listener must be there before the device is.

        Args:
            heard: Whether a subscriber hears everything now.
        """
        self.device.send_signal(signal.SIGSTOP)
        try:
            self.broker.start()
            deadline = time.monotonic() + 20
            while not heard() and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            self.device.send_signal(signal.SIGCONT)

    def second(self) -> float:
        """Return how long it has lasted."""
        return time.time() - self.began_s

    def end(self) -> int:
        """End the device as a service manager would; return its exit code."""
        self.device.terminate()
        try:
            return self.device.wait(60)
        except subprocess.TimeoutExpired:
            self.device.kill()
            return self.device.wait()

    def stored(self) -> tuple[str, int, set[int]]:
        """Return epoch and newest number of the events in the ledger, and those that still wait."""
        with closing(sqlite3.connect(self.state / "journal.sqlite3")) as db:
            facts = dict(db.execute("select key, value from meta").fetchall())
            waiting = {seq for (seq,) in db.execute("select seq from event").fetchall()}
        return str(facts["epoch"]), max(int(facts["last_seq"]), max(waiting, default=0)), waiting

    def close(self) -> None:
        """End all of it."""
        for process in (self.device, self._camera):
            process.kill()
            process.wait()
        self.broker.kill()
        self._log.close()
        if self.has_disk:
            subprocess.run(["umount", "--lazy", str(self.state)], check=False)

    # ---- faults; each returns once it is over ----

    def faults(self, heard: Callable[[], bool]) -> dict[str, Callable[[], None]]:
        """Return what can be done, by name.

        Args:
            heard: Whether a subscriber hears everything now.
        """
        always = {
            "shelf": self._kill_camera,
            "broker": lambda: self._kill_broker(heard),
            "program": self._kill_program,
            "stall": self._stall,
            "freeze": self._freeze,
        }
        return {**always, "disk": self._fill_disk} if self.has_disk else always

    def _kill_camera(self) -> None:
        self._camera.kill()
        self._camera.wait()
        time.sleep(4)
        self._camera = self._film()

    def _kill_broker(self, heard: Callable[[], bool]) -> None:
        self.broker.kill()
        time.sleep(4)
        self.start_broker(heard)

    def _kill_program(self) -> None:
        for pid in children(self.device.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _stall(self) -> None:
        self._camera.send_signal(signal.SIGSTOP)
        time.sleep(8)
        self._camera.send_signal(signal.SIGCONT)

    def _freeze(self) -> None:
        self._camera.send_signal(signal.SIGUSR1)
        time.sleep(14)
        self._camera.send_signal(signal.SIGUSR1)

    def _fill_disk(self) -> None:
        film = self.state / "film.bin"
        with suppress(OSError), film.open("wb", buffering=0) as file:
            for _ in range(2 * DISK_MB):
                file.write(bytes(1 << 20))
        time.sleep(5)
        film.unlink()

    def _film(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "benchmarks.soak.film", "--began", str(self._began)]
        return subprocess.Popen([*command, "--port", str(self._port)], cwd=ROOT)


def _mounted(folder: Path) -> bool:
    """Mount a small disk in memory; return whether we may."""
    if os.geteuid() != 0:
        return False
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs", str(folder)]
    return subprocess.run(mount, check=False, capture_output=True).returncode == 0

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from edge.drivers.watchdog_systemd import SystemdWatchdog

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def listen(folder: Path, monkeypatch: pytest.MonkeyPatch, allowed_us: str) -> socket.socket:
    """Stand where systemd stands."""
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ear.bind(str(folder / "notify"))
    ear.settimeout(0.0)
    monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", allowed_us)
    return ear


def test_it_is_ready_once_and_alive_after_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listen(tmp_path, monkeypatch, "3") as ear:
        watchdog = SystemdWatchdog()
        watchdog.pat()
        watchdog.pat()
        said = [ear.recv(64) for _ in range(3)]
    assert said == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]


def test_it_does_not_chatter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listen(tmp_path, monkeypatch, "3600000000") as ear:
        watchdog = SystemdWatchdog()
        for _ in range(5):
            watchdog.pat()
        assert [ear.recv(64), ear.recv(64)] == [b"READY=1", b"WATCHDOG=1"]
        try:
            more = ear.recv(64)
        except BlockingIOError:
            more = b""
    assert more == b""


def test_nobody_listening_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    SystemdWatchdog().pat()
    monkeypatch.delenv("NOTIFY_SOCKET")
    SystemdWatchdog().pat()


def test_it_says_nothing_while_another_part_is_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listen(tmp_path, monkeypatch, "3") as ear:
        SystemdWatchdog(alive=lambda: False).pat()
        try:
            said = ear.recv(64)
        except BlockingIOError:
            said = b""
    assert said == b""


def test_how_it_goes_is_told_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says = iter(["all well", "all well", "shelf\nlost"])
    with listen(tmp_path, monkeypatch, "3") as ear:
        watchdog = SystemdWatchdog(status=lambda: next(says))
        for _ in range(3):
            watchdog.pat()
        said = [ear.recv(64) for _ in range(6)]
    assert [line for line in said if line.startswith(b"STATUS")] == [b"STATUS=all well", b"STATUS=shelf lost"]


def test_an_end_that_is_wanted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listen(tmp_path, monkeypatch, "3") as ear:
        SystemdWatchdog().stopping()
        assert [ear.recv(64), ear.recv(64)] == [b"STOPPING=1", b"STATUS=saying farewell"]

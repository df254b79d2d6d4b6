"""Programs that film, for tests that want one: real processes, nothing but Python in them."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

FILM = """\
import sys, time
out, (red, green, blue) = sys.stdout.buffer, (63, 102, 240)  # nearly red, as Y, Cb and Cr
out.write(b"YUV4MPEG2 W64 H48 F30:1 C420jpeg\\n")
while True:
    out.write(b"FRAME\\n" + bytes([red]) * 3072 + bytes([green]) * 768 + bytes([blue]) * 768)
    out.flush()
    time.sleep(1 / 30)
"""


def program(folder: Path, text: str = FILM, *, name: str = "film") -> Path:
    """Write a program in Python that can be run; return its path."""
    path = folder / name
    path.write_text(f"#!{sys.executable} -IS\n{text}", encoding="utf-8")
    path.chmod(0o755)
    return path


def needs_linux() -> None:
    """Skip where there is no /proc."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("only Linux shows who runs, in /proc")


def children(parent: int | None = None) -> dict[int, str]:
    """Return the processes that a process started, zombies too: their ids and states."""
    return {process: stat[0] for process, stat in _stats(parent or os.getpid())}


def sessions() -> dict[int, str]:
    """Return those children of ours that lead a session, zombies too: their ids and states.

    Who leads is read together with the state: a child that is asked for it later may have ended by then.
    """
    return {process: stat[0] for process, stat in _stats(os.getpid()) if int(stat[3]) == process}


def lives(process: int) -> bool:
    """Return whether a process runs: it is there, and no zombie."""
    stat = _stat(str(process))
    return bool(stat) and stat[0] not in "ZX"


def _stats(parent: int) -> Iterator[tuple[int, list[str]]]:
    for path in Path("/proc").glob("[0-9]*"):
        stat = _stat(path.name)
        if stat and int(stat[1]) == parent:
            yield int(path.name), stat


def _stat(process: str) -> list[str]:
    """Return state, parent, group, session, ... of a process; nothing where it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


class NoDice(random.Random):
    """Never waits before the next attempt."""

    def random(self) -> float:
        """Return the lowest throw."""
        return 0.0

"""Power cuts: what a disk may hold after one, worked out from what a program really wrote.

A program runs once under strace, which records every write, truncation, sync and change
of a folder in the order they happened. A cut at any point of that record then leaves what
was synced, and of the rest anything: each write kept, dropped or torn between sectors, in
any order, and each name in the folder with or without what was done to it since the folder
was last synced.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

SECTOR = 512
"""Bytes that a disk writes whole or not at all."""

_CALLS = "openat,pwrite64,write,ftruncate,fallocate,fsync,fdatasync,unlink,rename"
_CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>")
_BEGUN = re.compile(r"^(\d+)( .*) <unfinished \.\.\.>$")
_ENDED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")


@dataclass(frozen=True)
class Step:
    """One thing that a program did to the disk, or said.

    Attributes:
        what: ``create``, ``write``, ``truncate``, ``sync``, ``unlink``, ``rename`` or ``say``.
        path: Of the file; empty for what was said.
        data: What was written or said.
        at: Where it was written, or the length of what was left.
        to: The new name.
    """

    what: str
    path: str = ""
    data: bytes = b""
    at: int = 0
    to: str = ""


def record(command: Sequence[str], folder: Path, cwd: Path) -> list[Step]:
    """Run a program to its end; return what it did to files in ``folder``, and what it said."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace: apt install strace")
    log = folder.parent / "strace.log"
    tracer = ["strace", "-f", "-qq", "-y", "-xx", "-s", "9999999", "-e", f"trace={_CALLS}", "-o", str(log)]
    subprocess.run([*tracer, *command], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    with log.open(encoding="ascii") as lines:
        return [
            step
            for line in whole_calls(lines)
            for step in _steps(line)
            if not step.path or _lies_in(step.path, folder)
        ]


def whole_calls(lines: Iterable[str]) -> Iterator[str]:
    """Return a log of strace with each call in one line, where it ended.

    A call during which another thread makes one is told in two halves.
    """
    begun: dict[str, str] = {}
    for line in lines:
        if half := _BEGUN.match(line):
            begun[half[1]] = half[1] + half[2]
        elif half := _ENDED.match(line):
            yield begun.pop(half[1]) + half[2]
        else:
            yield line


def _lies_in(path: str, folder: Path) -> bool:
    return path == str(folder) or path.startswith(f"{folder}/")


def _steps(line: str) -> Iterator[Step]:
    call = _CALL.match(line)
    if call is None or int(call[3]) < 0:
        return
    name, rest = call[1], call[2]
    strings = [_bytes(found) for found in _STRING.findall(rest)]
    file = _FILE.match(rest)
    path = (_bytes(file[1]) if file else strings[-1] if name == "openat" else strings[0]).decode()
    last = rest.rpartition(", ")[2]
    if name == "openat" and "O_CREAT" in rest:
        yield Step("create", path)
    if name == "openat" and "O_TRUNC" in rest:
        yield Step("truncate", path)
    if name == "pwrite64":
        yield Step("write", path, strings[-1], int(last))
    if name == "write" and rest.startswith("1<"):
        yield Step("say", data=strings[-1])
    if name == "ftruncate":
        yield Step("truncate", path, at=int(last))
    if name in {"fsync", "fdatasync"}:
        yield Step("sync", path)
    if name == "unlink":
        yield Step("unlink", path)
    if name == "rename":
        yield Step("rename", path, to=strings[1].decode())


def _bytes(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal.replace("\\x", ""))


@dataclass
class _File:
    """What surely lies on the disk, and what was asked for since."""

    sure: bytearray = field(default_factory=bytearray)
    since: list[Step] = field(default_factory=list)


class Disk:
    """A disk that a program writes to, step by step, and whose power may be cut.

    Attributes:
        said: The lines that the program printed.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self._sure: dict[str, _File] = {}
        self._names: dict[str, _File] = {}
        self._since: list[tuple[Step, _File]] = []  # done to names since the folder was synced

    def do(self, step: Step) -> None:
        """Take one step."""
        file = self._names.get(step.path)
        match step.what:
            case "say":
                self.said += step.data.decode().split("\n")[:-1]
            case "create" if file is None:
                self._name(step, _File())
            case "create":
                pass  # opened again
            case "unlink" | "rename" if file is not None:
                self._name(step, file)
            case "sync" if file is not None:
                for write in file.since:
                    _write(file.sure, write)
                file.since.clear()
            case "sync":  # the folder
                self._sure = dict(self._names)
                self._since.clear()
            case _:
                assert file is not None
                file.since.append(step)

    def cut(self, dice: random.Random) -> dict[str, bytes]:
        """Return the files that a power cut at this moment might leave, by path."""
        names, kept = dict(self._sure), dice.choice([0.0, 0.5, 1.0])
        for step, file in self._since:
            if dice.random() < kept:
                _rename(names, step, file)
        return {path: self._torn(file, dice) for path, file in names.items()}

    def _name(self, step: Step, file: _File) -> None:
        _rename(self._names, step, file)
        self._since.append((step, file))

    @staticmethod
    def _torn(file: _File, dice: random.Random) -> bytes:
        content, kept = bytearray(file.sure), dice.choice([0.0, 0.2, 0.8, 1.0])
        steps = [step for step in file.since if dice.random() < kept]
        if dice.random() < 0.5:
            dice.shuffle(steps)
        for step in steps:
            if step.what == "truncate" or dice.random() < 0.5:
                _write(content, step)
                continue
            for start in range(0, len(step.data), SECTOR):
                if dice.random() < 0.5:
                    sector = step.data[start : start + SECTOR]
                    _write(content, Step("write", data=sector, at=step.at + start))
        return bytes(content)


def _rename(names: dict[str, _File], step: Step, file: _File) -> None:
    if step.what == "create":
        names[step.path] = file
    else:
        names.pop(step.path, None)
    if step.what == "rename":
        names[step.to] = file


def _write(content: bytearray, step: Step) -> None:
    if step.what == "truncate":
        del content[step.at :]
        content.extend(bytes(step.at - len(content)))
        return
    content.extend(bytes(max(step.at - len(content), 0)))
    content[step.at : step.at + len(step.data)] = step.data

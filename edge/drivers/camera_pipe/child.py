"""A program that runs for us: its video, its last words, and its end."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from edge.config import redacted_line
from edge.drivers.camera_pipe.remedies import remedy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import FileIO
LEASH = Path(__file__).with_name("leash.py")
READ_BYTES = 1 << 16
WORDS_BYTES = 4096
SHOWN_CHARS = 200
GRACE_S = 1.0

_ORIGIN = re.compile(r"^\[[^\]]* @ 0x[0-9a-f]+\] ")
"""FFmpeg says at which address in memory somebody complains."""

_COMPLAINT = re.compile(r"(?i)\b(error|fail|cannot|can't|could not|unable|no such|no cameras?|no element)")
_SECRETIVE = re.compile(r"(?i)-.*(pass|pwd|token|secret|key|auth|user|login)[a-z0-9_-]*")


class Child:
    """A program with a process group of its own; closing ends all of it.

    Args:
        words: Path of the program, and its arguments.
        video_fd: The descriptor on which it writes its video; see ``leash``.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(self, words: Sequence[str], *, video_fd: int) -> None:
        self._hidden = [after for word, after in pairwise(words) if _secretive(word)]
        leash = (sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(video_fd))
        self._process = subprocess.Popen(
            (*leash, *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self._video, self._words = cast("FileIO", self._process.stdout), cast("FileIO", self._process.stderr)
        self._said = bytearray()
        self._selector = selectors.DefaultSelector()
        for pipe in (self._video, self._words):
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ)

    def read(self, timeout_s: float) -> bytes | None:
        """Return some of its video; nothing at its end, ``None`` when none came in time."""
        ready = [key.fileobj for key, _ in self._selector.select(timeout_s)]
        if self._words in ready and not self._listen():
            self._selector.unregister(self._words)  # at its end it would be ready for ever
        return self._video.read(READ_BYTES) if self._video in ready else None

    def verdict(self) -> str:
        """Return how it ended, now that its video has, and what it said at last, without a password."""
        try:
            code = self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            how = "stopped writing"
        else:
            how = f"ended with exit code {code}" if code >= 0 else f"was ended by {_signal_name(-code)}"
        while self._listen():
            pass
        said = last_words(self._said.decode("utf-8", "replace"), self._hidden)
        return f"{how}: {said}" if said else how

    def close(self) -> None:
        """Ask it to end, as Ctrl-C does, and kill what is left of it."""
        self._signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_S)
        self._signal(signal.SIGKILL)  # also what it started
        self._process.wait()
        self._selector.close()
        self._video.close()
        self._words.close()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _listen(self) -> bool:
        """Take in what it says, and forget all but the end; return whether there may be more."""
        said = self._words.read(READ_BYTES)
        if said:
            self._said += said
            del self._said[:-WORDS_BYTES]
        return bool(said)


def last_words(said: str, hidden: Sequence[str] = ()) -> str:
    """Return the line that tells most; bounded, without a password.

    That is the last one for which a remedy is known, else the last one that
    complains, else the last one.

    Args:
        said: What a program wrote to standard error.
        hidden: Words that must not be shown.
    """
    lines = [line for line in (raw.strip() for raw in re.split(r"[\r\n]+", said)) if line]
    known = [line for line in lines if remedy(line)]
    complaints = [line for line in lines if _COMPLAINT.search(line)]
    line = _ORIGIN.sub("", (known or complaints or lines or [""])[-1])
    for word in hidden:
        line = line.replace(word, "***")
    return "".join(c if c.isprintable() else "?" for c in redacted_line(line))[:SHOWN_CHARS]


def _secretive(word: str) -> bool:
    return _SECRETIVE.fullmatch(word) is not None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

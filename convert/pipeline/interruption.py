"""Ctrl-C: the first time it asks, the second time it ends."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_STANDARD_ERROR = 2
STOPPING = (signal.SIGINT, signal.SIGTERM)
_ASKED = b"\nstopping at the next checkpoint; Ctrl-C again stops at once\n"


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Give a question, whether SIGTERM or Ctrl-C came; the second one does what it does without us."""
    before = {number: signal.getsignal(number) for number in STOPPING}
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        _restore(before)
        asked.append(number)
        with suppress(OSError):
            # Not sys.stderr: it may be in the middle of a write, and does not like to be asked again.
            os.write(_STANDARD_ERROR, _ASKED)

    for number in STOPPING:
        signal.signal(number, ask)
    try:
        yield lambda: bool(asked)
    finally:
        _restore(before)


def _restore(before: dict[signal.Signals, signal._HANDLER]) -> None:
    for number, handler in before.items():
        signal.signal(number, handler)

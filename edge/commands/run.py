"""``stillwatch run``: watch the configured cameras until somebody says stop."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edge.config import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from types import FrameType

STOPPING = (signal.SIGTERM, signal.SIGINT)


def run(args: argparse.Namespace) -> int:
    """Watch until stopped.

    Args:
        args: ``config``, the path of the configuration; ``seconds``, when to stop
            by itself, or ``None``.

    Returns:
        The exit code.

    Raises:
        EdgeError: What kept the device from running.
    """
    config = load(args.config)
    log_to_stderr()
    from edge import app  # late: it loads OpenCV, and a fault in the file need not wait for it

    with stopped_by_signals() as stop:
        return app.run(config, seconds=args.seconds, stop=stop)


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and Ctrl-C set.

    The second signal does what it does without us, so that a run that hangs while
    stopping can still be ended by hand.
    """
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in STOPPING}

    def ask(_number: int, _frame: FrameType | None) -> None:
        for number in STOPPING:
            signal.signal(number, before[number])
        stop.set()

    for number in STOPPING:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number in STOPPING:
            signal.signal(number, before[number])


def log_to_stderr() -> None:
    """Write log lines of level INFO and above to standard error: time, level, text."""
    lines = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")
    lines.converter = time.gmtime
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(lines)
    logging.basicConfig(level=logging.INFO, handlers=[handler])

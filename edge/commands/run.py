"""``stillwatch run``: watch the configured cameras until somebody says stop."""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from edge.commands.log_lines import log_to_stderr
from edge.config import last_good
from edge.core import topics
from edge.core.reports import CONFIG_ERROR_CHARS
from edge.errors import StorageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    from edge.config.last_good import Chosen

log = logging.getLogger(__name__)

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
    chosen = last_good.choose(args.config)
    log_to_stderr(chosen.config.device.log)
    from edge import app  # late: it loads OpenCV, and a fault in the file need not wait for it

    config = chosen.config
    with (
        stopped_by_signals() as stop,
        app.state_held(config.device.state_dir),
        app.device(config, stop=stop, seconds=args.seconds, config_error=_config_error(chosen)) as device,
    ):
        _keep(chosen, args.config)
        base, folder = topics.base(config.device.id), config.device.state_dir
        log.info("tells %s, below %s; keeps what it knows in %s", config.mqtt.url, base, folder)
        frames = device.watch()
    log.info("stopped after %d frames", frames)
    return 0


def _config_error(chosen: Chosen) -> str | None:
    """Say in the log, and return for the health report, that an older configuration is in force."""
    if not chosen.faults:
        return None
    for fault in chosen.faults:
        log.error("%s", fault)
    log.error("running with the last good copy of the configuration; mend the lines above, then restart")
    return "; ".join(chosen.faults)[:CONFIG_ERROR_CHARS]


def _keep(chosen: Chosen, path: Path) -> None:
    """Remember a configuration that the device has started with."""
    try:
        last_good.keep(chosen, path)
    except StorageError as error:
        log.warning("no copy of the configuration is kept: %s", error)


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

"""``stillwatch camera``: learn a view anew, arm it, disarm it."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

from edge.config import load
from edge.errors import ConfigError
from edge.types import EVERY_CAMERA

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from edge.ports import Journal

PATIENCE_S = 5.0
POLL_S = 0.1

_DONE = {
    "relearn": "the scene is being learned anew",
    "arm": "armed",
    "disarm": "disarmed",
}
_NAME = re.compile(r"[a-z0-9_-]{1,32}")


def run(args: argparse.Namespace) -> int:
    """Give an order.

    Args:
        args: ``action``: ``relearn``, ``arm`` or ``disarm``; ``camera``, a name or
            ``all``; ``state``, the state folder, or else ``config``; ``json``.

    Returns:
        The exit code.

    Raises:
        ConfigError: No such ledger, or no such camera.
        StorageError: The ledger cannot be read, or takes no more orders.
    """
    config = load(args.config) if args.state is None else None
    check(args.camera, [] if config is None else [camera.name for camera in config.cameras])
    from edge import app  # late: it loads OpenCV, and bad arguments need not wait for it

    journal = app.open_journal(config or args.state)
    try:
        done = order(journal, args.action, args.camera)
    finally:
        journal.close()
    if args.json:
        print(json.dumps({"op": args.action, "camera": args.camera, "done": done}))
    elif done:
        print(f"{args.camera}: {_DONE[args.action]}")
    else:
        print(f"{args.camera}: noted; the device will {args.action} it when it runs")
    return 0


def check(camera: str, known: list[str]) -> None:
    """Insist on a name that can be a camera's.

    Args:
        camera: A name, or ``all``.
        known: Cameras of the configuration; empty where there is none to ask.

    Raises:
        ConfigError: It is none.
    """
    if camera == "all" or camera in known or (not known and _NAME.fullmatch(camera)):
        return
    hint = f"cameras: {', '.join(known)}" if known else "names have 1 to 32 of a-z, 0-9, _ and -"
    msg = f"{camera!r}: no such camera; {hint}"
    raise ConfigError(msg)


def order(journal: Journal, op: str, camera: str, *, pause: Callable[[float], None] = time.sleep) -> bool:
    """Place an order, and wait a little to see it carried out.

    Args:
        journal: Where the order is placed; a running device reads it there.
        op: ``relearn``, ``arm`` or ``disarm``.
        camera: A camera's name, or ``all``.
        pause: Waits that many seconds.

    Returns:
        Whether it was carried out; otherwise it will be when the device runs.
    """
    order_id = journal.order(op, {"camera": EVERY_CAMERA if camera == "all" else camera})
    for _ in range(round(PATIENCE_S / POLL_S)):
        if all(waiting.order_id != order_id for waiting in journal.orders()):
            return True
        pause(POLL_S)
    return False

"""Where things are said: the MQTT topics below ``stillwatch/v1/<device>``."""

from __future__ import annotations

import re

ROOT = "stillwatch/v1"
SHOWN_CHARS = 120
"""Of a topic that anybody may have written."""

_NAME = re.compile(r"[a-z0-9_-]{1,32}")


def base(device: str) -> str:
    """Return the topic that all topics of a device begin with.

    Raises:
        ValueError: ``device`` is not 1 to 32 of ``a-z 0-9 _ -``.
    """
    return f"{ROOT}/{_name(device, what='device id')}"


def status(base: str) -> str:
    """Return where ``online`` or ``offline`` is told."""
    return f"{base}/status"


def info(base: str) -> str:
    """Return where the device introduces itself."""
    return f"{base}/info"


def health(base: str) -> str:
    """Return where the device tells how it is."""
    return f"{base}/health"


def doctor(base: str) -> str:
    """Return where ``stillwatch doctor`` finds out whether the device may speak."""
    return f"{base}/doctor"


def gap(base: str) -> str:
    """Return where lost events are owned up to."""
    return f"{base}/gap"


def ack(base: str, epoch: str) -> str:
    """Return where the system of record says how far it has come in an epoch."""
    return f"{base}/ack/{_name(epoch, what='epoch')}"


def nack(base: str, epoch: str) -> str:
    """Return where the system of record says which number it waits for."""
    return f"{base}/nack/{_name(epoch, what='epoch')}"


def availability(base: str, camera: str) -> str:
    """Return where a camera's ``online`` or ``offline`` is told."""
    return f"{base}/cam/{_name(camera, what='camera name')}/availability"


def state(base: str, camera: str) -> str:
    """Return where a camera's current truth is told."""
    return f"{base}/cam/{_name(camera, what='camera name')}/state"


def event(base: str, camera: str) -> str:
    """Return where a camera's events are told as they happen."""
    return f"{base}/cam/{_name(camera, what='camera name')}/event"


def late(topic: str) -> str:
    """Return where the same is told when it is no longer news."""
    return f"{topic}/late"


def command(base: str) -> str:
    """Return where commands are taken."""
    return f"{base}/cmd"


def command_result(base: str) -> str:
    """Return where it is told what came of them."""
    return f"{base}/cmd/result"


def image(base: str, camera: str, kind: str) -> str:
    """Return where a camera's picture is shown: of a change, its heatmap, or the reference."""
    return f"{base}/cam/{_name(camera, what='camera name')}/image/{_name(kind, what='image')}"


def shown(topic: str) -> str:
    """Return a topic that anybody may have written fit for logs: short, and on one line."""
    printable = repr(topic[:SHOWN_CHARS])[1:-1]
    return printable if len(topic) <= SHOWN_CHARS else f"{printable}..."


def _name(text: str, *, what: str) -> str:
    if not _NAME.fullmatch(text):
        msg = f"{what} {text!r} must be 1 to 32 characters of a-z, 0-9, _ and -"
        raise ValueError(msg)
    return text

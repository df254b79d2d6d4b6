"""A change as a row of plain values, and back; nothing read is taken on trust."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from edge.types import Box, Change, ChangeStatus, EndReason, Kind, Mask, Post, View

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = (
    "change_id",
    "camera",
    "status",
    "kind",
    "score",
    "started_ns",
    "seen_ns",
    "persisted_s",
    "persistent",
    "ended_ns",
    "end_reason",
    "box_left",
    "box_top",
    "box_right",
    "box_bottom",
    "bits",
)

_SENSITIVITY = "sensitivity="
_LARGEST_SIDE_PX = 65536
_LONGEST_NAME = 128
_LATEST_NS = 2**63 - 1

Cell = int | float | str | bytes | None
"""What a column holds."""


def serial(change_id: str) -> int:
    """Return the number a ``change_id`` ends with, 0 where there is none."""
    digits = re.search(r"[0-9]{1,18}$", change_id)
    return int(digits[0]) if digits else 0


def row_of(change: Change) -> tuple[Cell, ...]:
    """Return the change as values for ``COLUMNS``; the mask as packed bits.

    What a row cannot hold is bent, so that a change can always be stored: a
    moment before 1970 becomes 1970, a number that is not finite becomes 0.
    """
    box = change.mask.box
    return (
        change.change_id,
        change.camera,
        change.status.value,
        change.kind.value,
        _finite(change.score),
        _moment(change.started_ns),
        _moment(change.seen_ns),
        _finite(change.persisted_s),
        int(change.persistent),
        None if change.ended_ns is None else _moment(change.ended_ns),
        None if change.end_reason is None else change.end_reason.value,
        int(box.left),
        int(box.top),
        int(box.right),
        int(box.bottom),
        np.packbits(change.mask.bits).tobytes(),
    )


def change_of(row: Sequence[object]) -> Change:
    """Return the change that ``row_of`` made a row of.

    Raises:
        ValueError: A value is missing, of another type, or out of its range.
    """
    if len(row) != len(COLUMNS):
        msg = f"expected {len(COLUMNS)} columns, found {len(row)}"
        raise ValueError(msg)
    values = dict(zip(COLUMNS, row, strict=True))
    ended_ns, end_reason = values["ended_ns"], values["end_reason"]
    return Change(
        _text(values["change_id"]),
        _text(values["camera"]),
        ChangeStatus(values["status"]),
        _mask([values[f"box_{side}"] for side in ("left", "top", "right", "bottom")], values["bits"]),
        Kind(values["kind"]),
        score=_real(values["score"]),
        started_ns=_whole(values["started_ns"], _LATEST_NS),
        seen_ns=_whole(values["seen_ns"], _LATEST_NS),
        persisted_s=_real(values["persisted_s"]),
        persistent=bool(_whole(values["persistent"], 1)),
        ended_ns=None if ended_ns is None else _whole(ended_ns, _LATEST_NS),
        end_reason=None if end_reason is None else EndReason(end_reason),
    )


def text_of(post: Post) -> str:
    """Return how a camera is watched as text; the camera's name is left out."""
    tuned = () if post.sensitivity is None else (f"{_SENSITIVITY}{post.sensitivity:.6g}",)
    return " ".join(["armed" if post.armed else "disarmed", *tuned, *(view.value for view in post.alerts)])


def post_of(camera: str, text: object) -> Post:
    """Return what ``text_of`` made a text of.

    Raises:
        ValueError: It is no such text.
    """
    armed, *alerts = _text(text).split(" ")
    sensitivity = None
    if alerts and alerts[0].startswith(_SENSITIVITY):
        sensitivity = float(alerts.pop(0).removeprefix(_SENSITIVITY))
    sensible = sensitivity is None or 0.0 <= sensitivity <= 1.0
    if armed not in {"armed", "disarmed"} or len(alerts) > len(View) or not sensible:
        msg = f"{text!r:.200} does not say how a camera is watched"
        raise ValueError(msg)
    return Post(camera, armed == "armed", tuple(View(alert) for alert in alerts), sensitivity)


def _mask(sides: Sequence[object], bits: object) -> Mask:
    left, top, right, bottom = (_whole(side, _LARGEST_SIDE_PX) for side in sides)
    if not (left < right and top < bottom):
        msg = f"box {left, top, right, bottom} is empty"
        raise ValueError(msg)
    box = Box(left, top, right, bottom)
    count = box.width * box.height
    if not isinstance(bits, bytes) or len(bits) != math.ceil(count / 8):
        msg = f"the mask's bits do not fill its box of {box.width} x {box.height}"
        raise ValueError(msg)
    unpacked = np.unpackbits(np.frombuffer(bits, np.uint8), count=count).astype(np.bool_)
    unpacked.setflags(write=False)
    return Mask(box, unpacked.reshape(box.height, box.width))


def _moment(wall_ns: int) -> int:
    return min(max(int(wall_ns), 0), _LATEST_NS)


def _finite(real: float) -> float:
    return float(real) if math.isfinite(real) else 0.0


def _real(value: object) -> float:
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        msg = f"{value!r} is not a finite number"
        raise ValueError(msg)
    return float(value)


def _whole(value: object, most: int) -> int:
    if not isinstance(value, int) or not 0 <= value <= most:
        msg = f"{value!r} is not a whole number up to {most}"
        raise ValueError(msg)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_NAME:
        msg = f"{value!r:.200} is not a name"
        raise ValueError(msg)
    return value

"""How facts become JSON: canonical, bounded, and always possible.

Canonical: UTF-8, no spaces, keys in the order given, times in RFC 3339 UTC with
milliseconds. Numbers are forced into their range, and one that is not a number
becomes the lowest of it: a fault upstream must not silence the device.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.types import ModelTag

_LATEST_MS = 253_402_300_799_999  # the end of the year 9999


def canonical(document: Mapping[str, object]) -> bytes:
    """Return ``document`` as JSON; half a surrogate pair becomes a question mark."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace")


def rfc3339(wall_ns: int) -> str:
    """Return a moment such as ``2026-11-22T13:00:00.000Z``, cut to milliseconds.

    Moments before 1970 and after 9999 become the first and the last in between.
    """
    wall_ms = min(max(wall_ns // 1_000_000, 0), _LATEST_MS)
    return f"{np.datetime_as_string(np.datetime64(wall_ms, 'ms'))}Z"


def number(real: float, low: float, high: float, *, digits: int) -> float:
    """Return ``real`` forced into ``[low, high]`` and rounded to ``digits`` decimals."""
    if math.isnan(real):
        return float(low)
    return round(float(min(max(real, low), high)), digits) + 0.0  # turns -0.0, which reads oddly, into 0.0


def fraction(real: float) -> float:
    """Return a score or threshold, in ``[0, 1]``."""
    return number(real, 0, 1, digits=4)


def whole_seconds(real: float) -> int:
    """Return a duration in whole seconds, never negative."""
    return int(number(real, 0, 1e10, digits=0))


def milliseconds(real: float) -> float:
    """Return a duration of the engine, never negative."""
    return number(real, 0, 1e6, digits=2)


def model_tag(model: ModelTag) -> dict[str, object]:
    """Return which model looked, and on what."""
    return {"id": model.id, "version": model.version, "delegate": model.delegate}

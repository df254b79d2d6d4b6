"""How far a score lies over the model's own threshold: in nats of odds, stored in bytes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP = 1.0 / 32.0
"""Nats of odds in one level; level 1 begins at the threshold, level 0 lies under it."""

MOST = 255
NEVER = 2.0
"""A threshold that no score reaches."""

_CLOSEST = 1e-7


def level_of(score: float, threshold: float) -> int:
    """Return the level of a score, 0 to 255.

    Args:
        score: In ``[0, 1]``.
        threshold: The model's own, in ``(0, 1)``.
    """
    if score < threshold:
        return 0
    return min(MOST, 1 + int((_logit(score) - _logit(threshold)) / STEP))


def nats_of(levels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the upper ends of levels in nats: what a threshold must rise by to leave them under it."""
    return levels.astype(np.float64) * STEP


def raised(threshold: float, nats: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return a threshold after its odds were raised; ``NEVER`` for infinity.

    Args:
        threshold: The model's own, in ``(0, 1)``.
        nats: Any shape, 0 or more.
    """
    finite = np.where(np.isfinite(nats), nats, 0.0)
    score = 1.0 / (1.0 + np.exp(-(_logit(threshold) + finite)))
    score = np.where(finite > 0.0, score, threshold)  # to the last bit, where nothing is raised
    return np.where(np.isfinite(nats), score, NEVER).astype(np.float32)


def _logit(score: float) -> float:
    inside = min(max(score, _CLOSEST), 1.0 - _CLOSEST)
    return math.log(inside / (1.0 - inside))

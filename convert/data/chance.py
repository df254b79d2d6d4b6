"""Dice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def chance(rng: np.random.Generator, share: float) -> bool:
    """Return true in this share of the cases."""
    return bool(rng.random() < share)


def log_uniform(rng: np.random.Generator, span: Sequence[float]) -> float:
    """Return a number between two positive ones, each doubling of which is as likely."""
    return float(np.exp(rng.uniform(*np.log(span))))

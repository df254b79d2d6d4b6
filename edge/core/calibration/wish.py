"""From a wish to a threshold."""

from __future__ import annotations


def threshold_of(sensitivity: float, *, at: float = 0.5) -> float:
    """Return the score that a region must reach somewhere.

    Each end of the scale halves or doubles the odds that a pixel must reach.

    Args:
        sensitivity: In ``[0, 1]``.
        at: The threshold at a sensitivity of one half, in ``(0, 1)``: the
            model's own.

    Returns:
        A score in ``(0, 1)``; in ``[1/3, 2/3]`` for a model whose own is one half.
    """
    odds: float = at / (1.0 - at) * 2.0 ** (1.0 - 2.0 * sensitivity)
    return odds / (1.0 + odds)

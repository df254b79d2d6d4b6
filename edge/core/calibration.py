"""From a wish to a threshold."""

from __future__ import annotations


def threshold_of(sensitivity: float) -> float:
    """Return the score from which a pixel counts.

    One half for a sensitivity of one half; each end of the scale halves or
    doubles how far a pixel must stand out from what is normal.

    Args:
        sensitivity: In ``[0, 1]``.

    Returns:
        A score in ``[1/3, 2/3]``.
    """
    strength: float = 2.0 ** (1.0 - 2.0 * sensitivity)
    return strength / (1.0 + strength)

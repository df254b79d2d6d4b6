"""How a model stores real values in eight bits, and how its answer becomes a score."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Affine

INT8_MIN, INT8_MAX = -128, 127


def quantize(real: NDArray[np.float32], affine: Affine) -> NDArray[np.int8]:
    """Store real values as int8: nearest step, ties away from zero, saturating.

    ``np.rint`` would send ties to even and disagree with the interpreter by one
    step.

    Args:
        real: Values in model units, any shape, finite.
        affine: The tensor's scale and zero point.

    Returns:
        Same shape, int8 in ``[-128, 127]``.

    Raises:
        ValueError: ``real`` holds a NaN or an infinity.

    Source:
        Jacob et al. 2018, arXiv:1712.05877, eq. 1; float32 division and
        rounding as in TFLite's ``reference_ops::AffineQuantize``.
    """
    if not np.isfinite(real).all():
        msg = "cannot quantize a NaN or an infinity"
        raise ValueError(msg)
    with np.errstate(over="ignore"):  # a quotient too large for float32 saturates all the same
        steps = (real / np.float32(affine.scale)).astype(np.float64)
    nearest = np.trunc(steps + np.copysign(0.5, steps)) + affine.zero_point
    return cast("NDArray[np.int8]", nearest.clip(INT8_MIN, INT8_MAX).astype(np.int8))


def dequantize(stored: NDArray[np.int8], affine: Affine) -> NDArray[np.float32]:
    """Return the real values that int8 values stand for, same shape, in model units."""
    steps = stored.astype(np.float32) - np.float32(affine.zero_point)
    return cast("NDArray[np.float32]", np.float32(affine.scale) * steps)


def logistic(logit: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``1 / (1 + exp(-logit))``, float32 in ``[0, 1]``, for logits of any size."""
    return (0.5 + 0.5 * np.tanh(0.5 * logit.astype(np.float64))).astype(np.float32)


def real_table(affine: Affine) -> NDArray[np.float32]:
    """Return the real value of everything that an int8 tensor can store.

    Args:
        affine: The tensor's scale and zero point.

    Returns:
        Float32 ``(256,)``, by the stored *byte*: ``table[stored.view(np.uint8)]``.
    """
    return dequantize(np.arange(256, dtype=np.uint8).view(np.int8), affine)

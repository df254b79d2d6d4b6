"""What training minimises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
from keras import ops

if TYPE_CHECKING:
    from convert.models.tensors import Tensor

MOST_WEIGHT = 4.0
"""A changed pixel counts as much as this many unchanged ones where there are few of them."""

FEW = 0.05
"""Share of the pixels from which on changed ones are not few: they count as much as others."""


class PairLoss(keras.losses.Loss):  # type: ignore[misc] # Keras has no types
    """Cross-entropy plus overlap, of logits against masks, both ``(N, H, W, 1)``.

    The cross-entropy judges pixels, the overlap judges shapes; the second alone
    learns slowly, the first alone forgets small changes.

    Source: Milletari et al. 2016, "V-Net", arXiv:1606.04797, eq. 3, for the overlap.
    """

    def __init__(self, overlap_weight: float) -> None:
        super().__init__(name="pair_loss", reduction="mean")
        self._overlap_weight = overlap_weight

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each sample, ``(N,)``; ``y_pred`` are logits."""
        truth = ops.cast(y_true, y_pred.dtype)
        crossed = ops.binary_crossentropy(truth, y_pred, from_logits=True)
        share = ops.mean(truth, (1, 2, 3), keepdims=True)
        weight = ops.clip(FEW / ops.maximum(share, FEW / MOST_WEIGHT), 1.0, MOST_WEIGHT)
        crossed = ops.mean(crossed * (1.0 + (weight - 1.0) * truth), (1, 2, 3))
        return crossed + self._overlap_weight * (1.0 - overlap(truth, ops.sigmoid(y_pred)))


def overlap(truth: Tensor, share: Tensor) -> Tensor:
    """Return the soft Dice coefficient of each sample, ``(N,)``; 1 for two empty masks."""
    axes = (1, 2, 3)
    common = ops.sum(truth * share, axes)
    return (2.0 * common + 1.0) / (ops.sum(truth, axes) + ops.sum(share, axes) + 1.0)

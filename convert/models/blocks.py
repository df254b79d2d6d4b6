"""What networks are made of, so that one description serves training, quantizing and pruning.

A network is a function of ``Blocks``: with ``FloatBlocks`` it becomes a Keras
model to train, with ``convert.models.quantized.QuantizedBlocks`` the same model
with rounding, and with ``convert.models.channels.Kept`` the bookkeeping of which
channels survive pruning. A block asked for twice by one name is the same block:
that is how both pictures go through one encoder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import keras
from keras import layers, ops

from convert.models.normal import FusedBatchNormalization

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convert.models.tensors import Tensor

T = TypeVar("T")

TOP = 6.0
"""Activations end here: a fixed range makes features of two pictures comparable in int8."""


class Blocks(Protocol[T]):
    """Makers of parts; ``T`` is what flows: a tensor ``(N, H, W, C)``, or what is known of it."""

    def conv(self, x: T, name: str, filters: int, *, kernel: int = 1, stride: int = 1) -> T:
        """Convolve, normalise, and cut off below 0 and above ``TOP``."""
        ...

    def compare(self, a: T, b: T) -> T:
        """Compare features of two pictures, channel by channel.

        Returns:
            Three channels for each: the larger value, the difference, and how far
            the pictures lie outside each other's range in a 3x3 neighbourhood: zero
            where a shift of one pixel explains the difference. All of it is made of
            operators that every delegate has.
        """
        ...

    def concat(self, xs: Sequence[T]) -> T:
        """Put channels one after the other."""
        ...

    def enlarge(self, x: T) -> T:
        """Double the size, bilinearly."""
        ...

    def head(self, x: T, name: str) -> T:
        """Return one channel of logits."""
        ...


class FloatBlocks:
    """Blocks of a network that is trained: convolutions with batch normalisation."""

    def __init__(self) -> None:
        self._layers: dict[str, Callable[[Tensor], Tensor]] = {}

    def conv(self, x: Tensor, name: str, filters: int, *, kernel: int = 1, stride: int = 1) -> Tensor:
        """See ``Blocks``."""
        conv = self._layer(
            name,
            lambda: layers.Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False, name=name),
        )
        return self._activated(conv(x), name)

    def compare(self, a: Tensor, b: Tensor) -> Tensor:
        """See ``Blocks``."""
        more, less = ops.relu(a - b), ops.relu(b - a)
        return self.concat([b + more, more + less, outside(a, b)])

    def concat(self, xs: Sequence[Tensor]) -> Tensor:
        """See ``Blocks``."""
        return ops.concatenate(list(xs), axis=-1)

    def enlarge(self, x: Tensor) -> Tensor:
        """See ``Blocks``."""
        return layers.UpSampling2D(2, interpolation="bilinear")(x)

    def head(self, x: Tensor, name: str) -> Tensor:
        """See ``Blocks``."""
        return self._layer(name, lambda: layers.Conv2D(1, 1, name=name))(x)

    def _activated(self, x: Tensor, name: str) -> Tensor:
        normal = self._layer(f"{name}_bn", lambda: FusedBatchNormalization(name=f"{name}_bn"))
        return ops.relu6(normal(x))

    def _layer(self, name: str, make: Callable[[], Callable[[Tensor], Tensor]]) -> Callable[[Tensor], Tensor]:
        if name not in self._layers:
            self._layers[name] = make()
        return self._layers[name]


def outside(a: Tensor, b: Tensor) -> Tensor:
    """Return how far each lies outside the 3x3 range of the other, summed; see ``Blocks.compare``."""
    # The lowest neighbour is found among the complements: there is no pooling by minimum.
    low_a, low_b = TOP - a, TOP - b

    def highest(x: Tensor) -> Tensor:
        return ops.max_pool(x, 3, 1, padding="same")

    left = (a - highest(b), low_a - highest(low_b), b - highest(a), low_b - highest(low_a))
    # One picture may leave above where the other leaves below: the sum is cut off like all features.
    return ops.relu6(sum(ops.relu(far) for far in left))


def inputs(height: int | None, width: int | None, *, batch: int | None = None) -> tuple[Tensor, Tensor]:
    """Return the two pictures a pair network takes, float32 in ``[0, 1]``, by their names in the contract."""
    shape = (height, width, 3)
    return tuple(keras.Input(shape, batch_size=batch, name=name) for name in ("reference", "current"))

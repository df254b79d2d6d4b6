"""The compact network with the rounding of int8 in it: to train on, and to be exported.

Batch normalisation is folded into the convolutions first. Weights are rounded as
they will be stored: symmetric, one scale for each channel. Activations are rounded
to 256 levels: of ``[0, 1]`` for pictures, of ``[0, TOP]`` after each convolution and
in all that is compared, of a measured range for the score. So the features of
both pictures have one scale, and their differences are exact.

Source:
    Jacob et al. 2018, arXiv:1712.05877.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import layers, ops

from convert.models.blocks import TOP, inputs
from convert.models.compact import compact
from convert.models.rounding import NARROWEST, RoundedConv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from convert.models.compact import Widths
    from convert.models.rounding import Rounding
    from convert.models.tensors import Tensor

Weights = dict[str, "list[NDArray[np.float32]]"]
"""Kernel, and bias where there is one, by the layer's name."""

MOMENTUM = 0.99
"""How much of a measured range stays, batch by batch."""


def rounded(
    widths: Widths, rounding: Rounding, *, size_px: int | None = None, batch: int | None = None
) -> keras.Model:
    """Return the compact network with rounding; ``load`` gives it its weights.

    Args:
        widths: Its channels.
        rounding: How it rounds.
        size_px: Side of its pictures; ``None`` for any, divisible by the largest stride.
        batch: Pairs at a time; ``None`` for any.
    """
    reference, current = inputs(size_px, size_px, batch=batch)
    blocks = QuantizedBlocks(rounding)
    logits = compact(blocks, blocks.picture(reference), blocks.picture(current), widths)
    return keras.Model({"reference": reference, "current": current}, logits, name="compact")


def folded(model: keras.Model) -> Weights:
    """Return the weights of a network in floating point, batch normalisation folded into them."""
    normal = {layer.name: layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)}
    found: Weights = {}
    for layer in model.layers:
        if not isinstance(layer, layers.Conv2D):
            continue
        kernel, *bias = (np.asarray(weight, np.float32) for weight in layer.get_weights())
        after = normal.get(f"{layer.name}_bn")
        if after is not None:
            gamma, beta, mean, variance = (np.asarray(weight, np.float64) for weight in after.get_weights())
            gain = gamma / np.sqrt(variance + after.epsilon)
            kernel, bias = (kernel * gain).astype(np.float32), [(beta - mean * gain).astype(np.float32)]
        found[layer.name] = [kernel, *bias]
    return found


def load(model: keras.Model, weights: Weights) -> None:
    """Give a network with rounding the weights of ``folded``, or of ``weights_of``."""
    for name, values in weights.items():
        model.get_layer(name).set_weights(values)


def weights_of(model: keras.Model) -> Weights:
    """Return the weights of a network with rounding."""
    convolutions = [layer for layer in model.layers if isinstance(layer, RoundedConv)]
    return {layer.name: layer.get_weights() for layer in convolutions}


def measure(model: keras.Model, batches: Iterable[Mapping[str, NDArray[np.float32]]]) -> None:
    """Set the ranges of a network with rounding to the mean of those of some batches.

    Args:
        model: A network that rounds to measured ranges.
        batches: At least one: ``reference`` and ``current``, as it takes them.
    """
    measured = [layer for layer in model.layers if isinstance(layer, MeasuredRange)]
    for layer in measured:
        layer.seen = 0
    for batch in batches:
        model(batch, training=True)
    for layer in measured:
        layer.seen = None


def ranges_of(model: keras.Model) -> dict[str, tuple[float, float]]:
    """Return the measured ranges of a network with rounding, by name: lowest and highest value."""
    measured = [layer for layer in model.layers if isinstance(layer, MeasuredRange)]
    bounds = {layer.name: (float(layer.low), float(layer.high)) for layer in measured}
    return {name: (low, max(high, low + NARROWEST)) for name, (low, high) in bounds.items()}


class QuantizedBlocks:
    """Implements ``convert.models.blocks.Blocks`` with rounding.

    Args:
        rounding: How to round.
    """

    def __init__(self, rounding: Rounding) -> None:
        self._rounding = rounding
        self._layers: dict[str, Callable[[Tensor], Tensor]] = {}

    def picture(self, x: Tensor) -> Tensor:
        """Round a picture in ``[0, 1]`` to grey levels; one of 8 bits loses nothing."""
        return self._rounding.activation(x, 0.0, 1.0)

    def conv(self, x: Tensor, name: str, filters: int, *, kernel: int = 1, stride: int = 1) -> Tensor:
        """See ``Blocks``."""
        conv = self._layer(
            name,
            lambda: RoundedConv(
                filters, kernel, strides=stride, padding="same", name=name, rounding=self._rounding
            ),
        )
        return self._rounding.activation(ops.relu6(conv(x)), 0.0, TOP)

    def compare(self, a: Tensor, b: Tensor) -> Tensor:
        """See ``Blocks``."""
        exact = self._rounding.exact
        more, less = exact(ops.relu(a - b)), exact(ops.relu(b - a))
        return self.concat([exact(b + more), exact(more + less), self._outside(a, b)])

    def concat(self, xs: Sequence[Tensor]) -> Tensor:
        """See ``Blocks``."""
        return self._rounding.exact(ops.concatenate(list(xs), axis=-1))

    def enlarge(self, x: Tensor) -> Tensor:
        """See ``Blocks``."""
        name = f"enlarge{sum(name.startswith('enlarge') for name in self._layers)}"
        larger = self._layer(name, lambda: layers.UpSampling2D(2, interpolation="bilinear", name=name))
        return self._rounding.activation(larger(x), 0.0, TOP)

    def head(self, x: Tensor, name: str) -> Tensor:
        """See ``Blocks``."""
        conv = self._layer(name, lambda: RoundedConv(1, 1, name=name, rounding=self._rounding))
        return self._measured(conv(x), name)

    def _outside(self, a: Tensor, b: Tensor) -> Tensor:
        exact = self._rounding.exact
        low_a, low_b = exact(TOP - a), exact(TOP - b)

        def far(x: Tensor, other: Tensor) -> Tensor:
            return exact(ops.relu(x - exact(ops.max_pool(other, 3, 1, padding="same"))))

        # A value can be above a range or below it, not both: each of these sums ends at TOP.
        ours, theirs = exact(far(a, b) + far(low_a, low_b)), exact(far(b, a) + far(low_b, low_a))
        return self._rounding.activation(ops.relu6(ours + theirs), 0.0, TOP)

    def _measured(self, x: Tensor, name: str) -> Tensor:
        name = f"{name}_range"
        return self._layer(name, lambda: MeasuredRange(name=name, rounding=self._rounding))(x)

    def _layer(self, name: str, make: Callable[[], Callable[[Tensor], Tensor]]) -> Callable[[Tensor], Tensor]:
        if name not in self._layers:
            self._layers[name] = make()
        return self._layers[name]


class MeasuredRange(layers.Layer):  # type: ignore[misc] # Keras has no types
    """Rounds to 256 levels between the lowest and the highest value seen in training, smoothed.

    Attributes:
        seen: How many batches the range is the mean of; ``None`` where it is smoothed.
    """

    def __init__(self, *, rounding: Rounding, name: str) -> None:
        super().__init__(name=name)
        self.seen: int | None = None
        self._rounding = rounding

    def build(self, _shape: object) -> None:
        """See Keras."""
        self.low = self.add_weight(name="low", shape=(), initializer="zeros", trainable=False)
        self.high = self.add_weight(name="high", shape=(), initializer="ones", trainable=False)

    def call(self, x: Tensor, training: bool | None = None) -> Tensor:  # noqa: FBT001 - Keras' signature
        """Round; see Keras."""
        if training:
            momentum = MOMENTUM if self.seen is None else self.seen / (self.seen + 1)
            self.seen = None if self.seen is None else self.seen + 1
            extremes = ops.minimum(ops.min(x), 0.0), ops.maximum(ops.max(x), 0.0)
            for bound, now in zip((self.low, self.high), extremes, strict=True):
                bound.assign(bound * momentum + now * (1.0 - momentum))
        return self._rounding.measured(x, self.name, self.low, self.high)

"""The networks with the rounding of int8 in them: to train on, and to be exported.

Batch normalisation is folded into the convolutions before. Weights are rounded as
they will be stored: symmetric, one scale for each channel. Activations are rounded
to 256 levels: of ``[0, 1]`` for pictures, of ``[0, TOP]`` after each convolution and
in all that is compared, of a range that is measured elsewhere. So the features of
both pictures have one scale, and differences of them are exact.

Source:
    Jacob et al. 2018, arXiv:1712.05877.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import keras
from keras import layers, ops

from convert.models.blocks import TOP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convert.models.tensors import Tensor

LEVELS = 255
"""Steps between the lowest and the highest int8."""

WEIGHT_LEVELS = 127
"""Weights leave out the lowest int8, so that zero lies in the middle."""

SMALLEST = 1e-6
"""Weights of a channel that is all zero are given this range."""

MOMENTUM = 0.99
"""How much of a measured range stays, batch by batch."""


class Rounding(Protocol):
    """How values are rounded: to train, or to tell a converter."""

    def activation(self, x: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """Cut off and round to 256 levels of a range; zero is one of them.

        Args:
            x: Any shape.
            low: A scalar, not above zero.
            high: A scalar, above zero.
        """
        ...

    def exact(self, x: Tensor) -> Tensor:
        """Do the same where all values are levels of ``[0, TOP]`` already."""
        ...

    def weights(self, kernel: Tensor, axis: int) -> Tensor:
        """Round to 255 levels around zero, with a range for each channel along ``axis``."""
        ...


class TrainRounding:
    """Rounding on any backend; gradients pass as if there were none, except where it cuts off."""

    def activation(self, x: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """See ``Rounding``."""
        scale = (high - low) / LEVELS
        lowest = -ops.round(-low / scale) * scale
        inside = ops.clip(x, lowest, lowest + LEVELS * scale)
        return _straight_through(inside, lowest + ops.round((inside - lowest) / scale) * scale)

    def exact(self, x: Tensor) -> Tensor:
        """See ``Rounding``."""
        return x

    def weights(self, kernel: Tensor, axis: int) -> Tensor:
        """See ``Rounding``."""
        others = tuple(other for other in range(len(kernel.shape)) if other != axis)
        largest = ops.maximum(ops.max(ops.abs(kernel), axis=others, keepdims=True), SMALLEST)
        scale = largest / WEIGHT_LEVELS
        return _straight_through(kernel, ops.round(kernel / scale) * scale)


def _straight_through(x: Tensor, rounded: Tensor) -> Tensor:
    return x + ops.stop_gradient(rounded - x)


class QuantizedBlocks:
    """Implements ``convert.models.blocks.Blocks`` with rounding.

    Args:
        rounding: How to round.
    """

    def __init__(self, rounding: Rounding) -> None:
        self._rounding = rounding
        self._layers: dict[str, Callable[[Tensor], Tensor]] = {}

    def picture(self, x: Tensor) -> Tensor:
        """Round a picture in ``[0, 1]`` to grey levels, which loses nothing."""
        return self._rounding.activation(x, 0.0, 1.0)

    def conv(self, x: Tensor, name: str, filters: int, *, kernel: int = 1, stride: int = 1) -> Tensor:
        """See ``Blocks``."""
        conv = self._layer(
            name,
            lambda: RoundedConv(
                self._rounding, filters, kernel, strides=stride, padding="same", name=name
            ),
        )
        return self._rounding.activation(ops.relu6(conv(x)), 0.0, TOP)

    def depthwise(self, x: Tensor, name: str, *, stride: int = 1) -> Tensor:
        """See ``Blocks``."""
        conv = self._layer(
            name,
            lambda: RoundedDepthwise(
                self._rounding, 3, strides=stride, padding="same", use_bias=False, name=name
            ),
        )
        return self._ranged(conv(x), name)

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
        larger = layers.UpSampling2D(2, interpolation="bilinear")(x)
        return self._rounding.activation(larger, 0.0, TOP)

    def head(self, x: Tensor, name: str) -> Tensor:
        """See ``Blocks``."""
        conv = self._layer(name, lambda: RoundedConv(self._rounding, 1, 1, name=name))
        return self._ranged(conv(x), name)

    def _outside(self, a: Tensor, b: Tensor) -> Tensor:
        exact = self._rounding.exact
        low_a, low_b = exact(TOP - a), exact(TOP - b)

        def far(x: Tensor, other: Tensor) -> Tensor:
            return exact(ops.relu(x - exact(ops.max_pool(other, 3, 1, padding="same"))))

        # Of the two ways to be outside a range only one can be true: no sum of them is above TOP.
        first, second = far(a, b) + far(low_a, low_b), far(b, a) + far(low_b, low_a)
        return self._rounding.activation(exact(first) + exact(second), 0.0, TOP)

    def _ranged(self, x: Tensor, name: str) -> Tensor:
        return self._layer(f"{name}_range", lambda: MeasuredRange(self._rounding, name=f"{name}_range"))(x)

    def _layer(self, name: str, make: Callable[[], Callable[[Tensor], Tensor]]) -> Callable[[Tensor], Tensor]:
        if name not in self._layers:
            self._layers[name] = make()
        return self._layers[name]


class RoundedConv(layers.Conv2D):  # type: ignore[misc] # Keras has no types
    """A convolution, with bias, of rounded weights."""

    def __init__(self, rounding: Rounding, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._rounding = rounding

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """See Keras."""
        return super().convolution_op(inputs, self._rounding.weights(kernel, 3))


class RoundedDepthwise(layers.DepthwiseConv2D):  # type: ignore[misc] # Keras has no types
    """A convolution of each channel by rounded weights."""

    def __init__(self, rounding: Rounding, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._rounding = rounding

    def call(self, inputs: Tensor) -> Tensor:
        """See Keras."""
        kernel = self._rounding.weights(self.kernel, 2)
        return ops.depthwise_conv(inputs, kernel, self.strides, self.padding)


class MeasuredRange(layers.Layer):  # type: ignore[misc] # Keras has no types
    """Rounds to 256 levels between the lowest and highest values seen in training, smoothed."""

    def __init__(self, rounding: Rounding, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rounding = rounding

    def build(self, _shape: object) -> None:
        """See Keras."""
        self.low = self.add_weight(name="low", shape=(), initializer="zeros", trainable=False)
        self.high = self.add_weight(name="high", shape=(), initializer="ones", trainable=False)

    def call(self, x: Tensor, training: bool | None = None) -> Tensor:  # noqa: FBT001 - Keras' signature
        """See Keras."""
        if training:
            for bound, now in ((self.low, ops.minimum(ops.min(x), 0.0)), (self.high, ops.max(x))):
                bound.assign(bound * MOMENTUM + now * (1.0 - MOMENTUM))
        return self._rounding.activation(x, self.low, self.high)

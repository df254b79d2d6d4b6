"""Rounding as int8 does it, and a convolution of rounded weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from keras import layers, ops

if TYPE_CHECKING:
    from convert.models.tensors import Tensor

LEVELS = 255
"""Steps between the lowest and the highest int8."""

WEIGHT_LEVELS = 127
"""Steps on each side of zero: weights leave out the lowest int8, so that zero lies in the middle."""

SMALLEST = 1e-6
"""The largest weight of a channel is taken to be no smaller, so that one of zeros has a scale."""

NARROWEST = 0.05
"""A range of values is no narrower: what is always zero has one too, and runtimes take no
layer whose scale is a tiny part of the one before."""


class Rounding(Protocol):
    """How values are rounded: to train, to tell a converter, or not at all."""

    def activation(self, x: Tensor, low: float, high: float) -> Tensor:
        """Cut off and round to 256 levels of a range; zero is one of them.

        Args:
            x: Any shape.
            low: Not above zero.
            high: Above zero.
        """
        ...

    def measured(self, x: Tensor, name: str, low: Tensor, high: Tensor) -> Tensor:
        """Do the same with a range that training changes, known by its name."""
        ...

    def exact(self, x: Tensor) -> Tensor:
        """Do the same where all values are levels of ``[0, TOP]`` already."""
        ...

    def weights(self, kernel: Tensor) -> Tensor:
        """Round to 255 levels around zero, with a range for each output channel, the last axis."""
        ...


class NoRounding:
    """The network in floating point."""

    def activation(self, x: Tensor, low: float, high: float) -> Tensor:
        """See ``Rounding``."""
        del low, high
        return x

    def measured(self, x: Tensor, name: str, low: Tensor, high: Tensor) -> Tensor:
        """See ``Rounding``."""
        del name, low, high
        return x

    def exact(self, x: Tensor) -> Tensor:
        """See ``Rounding``."""
        return x

    def weights(self, kernel: Tensor) -> Tensor:
        """See ``Rounding``."""
        return kernel


class TrainRounding:
    """Rounding on any backend; gradients pass as if there were none, except where it cuts off."""

    def activation(self, x: Tensor, low: float, high: float) -> Tensor:
        """See ``Rounding``."""
        return _rounded(x, low, high)

    def measured(self, x: Tensor, name: str, low: Tensor, high: Tensor) -> Tensor:
        """See ``Rounding``."""
        del name
        return _rounded(x, low, high)

    def exact(self, x: Tensor) -> Tensor:
        """See ``Rounding``."""
        return x

    def weights(self, kernel: Tensor) -> Tensor:
        """See ``Rounding``."""
        others = tuple(range(len(kernel.shape) - 1))
        largest = ops.maximum(ops.max(ops.abs(kernel), axis=others, keepdims=True), SMALLEST)
        step = largest / WEIGHT_LEVELS
        return _straight_through(kernel, ops.round(kernel / step) * step)


def _rounded(x: Tensor, low: Tensor, high: Tensor) -> Tensor:
    step = ops.maximum(high - low, NARROWEST) / LEVELS
    lowest = -ops.round(-low / step) * step
    inside = ops.clip(x, lowest, lowest + LEVELS * step)
    # Halves, which enlarging makes many of, go up here as they do on devices.
    return _straight_through(inside, lowest + ops.floor((inside - lowest) / step + 0.5) * step)


def _straight_through(x: Tensor, rounded: Tensor) -> Tensor:
    return x + ops.stop_gradient(rounded - x)


class RoundedConv(layers.Conv2D):  # type: ignore[misc] # Keras has no types
    """A convolution, with bias, of rounded weights; arguments as ``keras.layers.Conv2D``."""

    def __init__(self, *args: object, rounding: Rounding, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._rounding = rounding

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """See Keras."""
        return super().convolution_op(inputs, self._rounding.weights(kernel))

"""Which channels go, and the network that is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convert.models import floating, widths_of
from convert.models.channels import macs, taken
from convert.models.compact import Widths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import keras
    from numpy.typing import NDArray

    from convert.models.channels import Survives

BLOCK = 4
"""Channels go in blocks until their number is a multiple of this.

Vector units calculate several at once. With a fifth of the channels cut, int8 on one
x86 core took 8.1 ms where they went one by one, 7.6 ms in fours, 7.8 ms in eights,
and 9.0 ms before.
"""

LEAST = 8
"""Channels that are left to every convolution, if it had so many."""

SIZE_PX = 256
"""Where costs are measured; they all grow alike with the size."""


@dataclass(frozen=True, slots=True)
class Block:
    """Channels of one convolution that go together.

    Attributes:
        name: The convolution.
        channels: Their numbers.
        price: Importance that is lost for each multiply-accumulate saved.
    """

    name: str
    channels: NDArray[np.intp]
    price: float


def choose(
    importance: Mapping[str, NDArray[np.float64]], widths: Widths, share: float, *, block: int = BLOCK
) -> dict[str, Survives]:
    """Return which channels stay when the cheapest go.

    All channels of all convolutions stand in one row, by what is lost for each
    multiply-accumulate saved: those at stride 2 cost most. Importance is not evened
    out from layer to layer, since it is in units of the loss everywhere.

    Args:
        importance: Of the channels of each convolution, not negative.
        widths: The channels of each convolution.
        share: Share of all channels that go, in ``[0, 1)``; fewer go where
            ``LEAST`` stand in the way.
        block: Channels go so many at a time.
    """
    stay = {name: np.ones(width, np.bool_) for name, width in widths.channels.items()}
    left = round(share * sum(widths.channels.values()))
    blocks = [found for name in widths.channels for found in _blocks(importance, widths, name, block)]
    for found in sorted(blocks, key=lambda found: found.price):
        # Half a block may be too many or too few, but not more.
        if len(found.channels) <= 2 * left:
            stay[found.name][found.channels] = False
            left -= len(found.channels)
    return stay


def _blocks(
    importance: Mapping[str, NDArray[np.float64]], widths: Widths, name: str, block: int
) -> Iterator[Block]:
    """Yield what may go of one convolution, the least important first; prices only rise."""
    width = widths.channels[name]
    order = np.argsort(importance[name], kind="stable")
    thinner = Widths({**widths.channels, name: width - 1})
    saved = macs(widths, SIZE_PX) - macs(thinner, SIZE_PX)
    start, end = 0, width % block or block
    while width - end >= LEAST:
        channels = order[start:end]
        yield Block(name, channels, float(importance[name][channels].mean()) / saved)
        start, end = end, end + block


def sliced(model: keras.Model, stay: Mapping[str, Survives]) -> keras.Model:
    """Return a compact network of the channels that stay, with their weights."""
    widths = widths_of(model)
    given = taken(widths, stay)
    smaller = floating(Widths({name: int(chosen.sum()) for name, chosen in stay.items()}))
    for layer in smaller.layers:
        if layer.weights:
            before = model.get_layer(layer.name).get_weights()
            layer.set_weights(_sliced(layer.name, before, given, stay))
    return smaller


def _sliced(
    name: str,
    weights: list[NDArray[np.float32]],
    given: Mapping[str, Survives],
    stay: Mapping[str, Survives],
) -> list[NDArray[np.float32]]:
    if name not in given:
        # Batch normalisation: gamma, beta, mean and variance of each channel.
        chosen = stay[name.removesuffix("_bn")]
        return [values[chosen] for values in weights]
    kernel, *bias = weights
    kernel = kernel[:, :, given[name]]
    return [kernel[..., stay[name]] if name in stay else kernel, *bias]

"""What pruning must know of the compact network: which channels survive where, and what they cost.

Both are networks of other blocks: ``compact`` itself says what is connected to what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from convert.models.compact import compact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convert.models.compact import Widths

Survives = NDArray[np.bool_]
"""One entry for each channel of a tensor before pruning, ``(C,)``."""

COLOURS = 3


class Kept:
    """Implements ``convert.models.blocks.Blocks`` of what survives; ``T`` is ``Survives``.

    Args:
        choice: Which output channels of each named convolution stay.

    Attributes:
        taken: Which channels each layer is given, by its name; filled while the
            network runs.
    """

    def __init__(self, choice: Mapping[str, Survives]) -> None:
        self._choice = choice
        self.taken: dict[str, Survives] = {}

    def conv(self, x: Survives, name: str, filters: int, *, kernel: int = 1, stride: int = 1) -> Survives:
        """See ``Blocks``."""
        del kernel, stride
        self.taken[name] = x
        chosen = self._choice[name]
        if len(chosen) != filters:
            msg = f"{name} has {filters} channels, and {len(chosen)} were judged"
            raise ValueError(msg)
        return chosen

    def compare(self, a: Survives, b: Survives) -> Survives:
        """See ``Blocks``."""
        # One encoder saw both pictures: what survives is the same.
        del b
        return self.concat([a, a, a])

    def concat(self, xs: Sequence[Survives]) -> Survives:
        """See ``Blocks``."""
        return np.concatenate(list(xs))

    def enlarge(self, x: Survives) -> Survives:
        """See ``Blocks``."""
        return x

    def head(self, x: Survives, name: str) -> Survives:
        """See ``Blocks``."""
        self.taken[name] = x
        return np.ones(1, np.bool_)


@dataclass(frozen=True, slots=True)
class Plane:
    """The size of a square tensor.

    Attributes:
        side_px: Height and width.
        channels: Its channels.
    """

    side_px: int
    channels: int


class Costs:
    """Implements ``convert.models.blocks.Blocks`` of sizes; ``T`` is ``Plane``.

    Attributes:
        macs: Multiply-accumulates of all convolutions so far; a block that runs
            twice counts twice.
    """

    def __init__(self) -> None:
        self.macs = 0

    def conv(self, x: Plane, name: str, filters: int, *, kernel: int = 1, stride: int = 1) -> Plane:
        """See ``Blocks``."""
        del name
        return self._counted(x, filters, stride, taps=kernel**2 * x.channels)

    def compare(self, a: Plane, b: Plane) -> Plane:
        """See ``Blocks``."""
        return Plane(a.side_px, 2 * a.channels + b.channels)

    def concat(self, xs: Sequence[Plane]) -> Plane:
        """See ``Blocks``."""
        return Plane(xs[0].side_px, sum(x.channels for x in xs))

    def enlarge(self, x: Plane) -> Plane:
        """See ``Blocks``."""
        return Plane(2 * x.side_px, x.channels)

    def head(self, x: Plane, name: str) -> Plane:
        """See ``Blocks``."""
        del name
        return self._counted(x, 1, 1, taps=x.channels)

    def _counted(self, x: Plane, filters: int, stride: int, *, taps: int) -> Plane:
        given = Plane(x.side_px // stride, filters)
        self.macs += given.side_px**2 * filters * taps
        return given


def taken(widths: Widths, choice: Mapping[str, Survives]) -> dict[str, Survives]:
    """Return which of its input channels each layer keeps, by its name.

    Args:
        widths: Before pruning.
        choice: Which output channels of each named convolution stay.

    Raises:
        ValueError: The choice is for other widths.
    """
    blocks = Kept(choice)
    picture = np.ones(COLOURS, np.bool_)
    compact(blocks, picture, picture, widths)
    return blocks.taken


def macs(widths: Widths, size_px: int) -> int:
    """Return the multiply-accumulates of the convolutions for one pair.

    Args:
        widths: Channels by name.
        size_px: Side of its pictures, divisible by the largest stride.
    """
    blocks = Costs()
    picture = Plane(size_px, COLOURS)
    compact(blocks, picture, picture, widths)
    return blocks.macs

"""The compact pair network: one encoder for both pictures, compared at every scale.

The encoder sees each picture at strides 2, 4, 8 and so on. At each scale its
features are compared twice, pixel by pixel and forgiving a shift of one
feature pixel, and a decoder carries what differs back to stride 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convert.models.blocks import Blocks

T = TypeVar("T")


def strides(count: int) -> tuple[int, ...]:
    """Return the strides of so many scales: 2, 4, 8 and so on."""
    return tuple(2 << place for place in range(count))


@dataclass(frozen=True, slots=True)
class Widths:
    """How many channels each convolution gives, by its name.

    Attributes:
        channels: ``stem``; ``e2``, ``e4a``, ``e4b`` and so on, the encoder; ``f2`` and
            so on, the comparison at each stride; ``d2`` and so on, the decoder.
    """

    channels: Mapping[str, int]

    @classmethod
    def regular(cls, encoder: tuple[int, ...], fused: tuple[int, ...]) -> Widths:
        """Return the widths before pruning.

        Args:
            encoder: Channels at strides 2, 4, 8 and so on.
            fused: Channels of the comparison and of the decoder at each of them.
        """
        scales = strides(len(encoder))
        channels = {"stem": encoder[0], "e2": encoder[0]}
        for stride, width in zip(scales[1:], encoder[1:], strict=True):
            channels |= {f"e{stride}a": width, f"e{stride}b": width}
        channels |= {f"f{stride}": width for stride, width in zip(scales, fused, strict=True)}
        return cls(channels | {f"d{stride}": channels[f"f{stride}"] for stride in reversed(scales)})

    @property
    def strides(self) -> tuple[int, ...]:
        """Every stride at which features are compared, the smallest first."""
        return strides(sum(name.startswith("f") for name in self.channels))


def compact(blocks: Blocks[T], reference: T, current: T, widths: Widths) -> T:
    """Compare two pictures.

    Args:
        blocks: What the network is made of.
        reference: ``(N, H, W, 3)``, in ``[0, 1]``; H and W divisible by the largest stride.
        current: The same.
        widths: Channels by name.

    Returns:
        Logits ``(N, H / 2, W / 2, 1)``.
    """
    before, after = (_encoded(blocks, picture, widths) for picture in (reference, current))
    fused = {
        stride: blocks.conv(blocks.compare(a, b), f"f{stride}", widths.channels[f"f{stride}"])
        for stride, a, b in zip(widths.strides, before, after, strict=True)
    }
    *finer, coarsest = widths.strides
    y = _conv(blocks, fused[coarsest], f"d{coarsest}", widths)
    for stride in reversed(finer):
        y = _conv(blocks, blocks.concat([blocks.enlarge(y), fused[stride]]), f"d{stride}", widths)
    return blocks.head(y, "score")


def _encoded(blocks: Blocks[T], picture: T, widths: Widths) -> list[T]:
    x = _conv(blocks, picture, "stem", widths, stride=2)
    features = [_conv(blocks, x, "e2", widths)]
    for stride in widths.strides[1:]:
        x = _conv(blocks, features[-1], f"e{stride}a", widths, stride=2)
        features.append(_conv(blocks, x, f"e{stride}b", widths))
    return features


def _conv(blocks: Blocks[T], x: T, name: str, widths: Widths, *, stride: int = 1) -> T:
    return blocks.conv(x, name, widths.channels[name], kernel=3, stride=stride)

"""The compact pair network: one encoder for both pictures, compared at four scales.

The encoder sees each picture at strides 2, 4, 8 and 16. At each scale its
features are compared twice, pixel by pixel and forgiving a shift of one
feature pixel, and a small decoder carries what differs back to stride 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convert.models.blocks import Blocks

T = TypeVar("T")

STRIDES = (2, 4, 8, 16)


@dataclass(frozen=True, slots=True)
class Widths:
    """How many channels each convolution gives, by its name.

    Attributes:
        channels: ``stem``; ``e2`` to ``e16b``, the encoder; ``f2`` to ``f16``, the
            comparison at each stride; ``d16`` to ``d2``, the decoder.
    """

    channels: Mapping[str, int]

    @classmethod
    def regular(cls, encoder: tuple[int, ...], fused: int) -> Widths:
        """Return the widths before pruning.

        Args:
            encoder: Channels at strides 2, 4, 8 and 16.
            fused: Channels of every comparison and of the decoder.
        """
        channels = {"stem": encoder[0], "e2": encoder[0]}
        for stride, width in zip(STRIDES[1:], encoder[1:], strict=True):
            channels |= {f"e{stride}a": width, f"e{stride}b": width}
        channels |= {f"f{stride}": fused for stride in STRIDES}
        return cls(channels | {f"d{stride}": fused for stride in reversed(STRIDES)})


def compact(blocks: Blocks[T], reference: T, current: T, widths: Widths) -> T:
    """Compare two pictures.

    Args:
        blocks: What the network is made of.
        reference: ``(N, H, W, 3)``, in ``[0, 1]``; H and W divisible by 16.
        current: The same.
        widths: Channels by name.

    Returns:
        Logits ``(N, H / 2, W / 2, 1)``.
    """
    before, after = (_encoded(blocks, picture, widths) for picture in (reference, current))
    fused = {
        stride: blocks.conv(blocks.compare(a, b), f"f{stride}", widths.channels[f"f{stride}"])
        for stride, a, b in zip(STRIDES, before, after, strict=True)
    }
    y = _separable(blocks, fused[16], "d16", widths)
    for stride in (8, 4, 2):
        y = _separable(blocks, blocks.concat([blocks.enlarge(y), fused[stride]]), f"d{stride}", widths)
    return blocks.head(y, "score")


def _encoded(blocks: Blocks[T], picture: T, widths: Widths) -> list[T]:
    x = blocks.conv(picture, "stem", widths.channels["stem"], kernel=3, stride=2)
    features = [_separable(blocks, x, "e2", widths)]
    for stride in STRIDES[1:]:
        x = _separable(blocks, features[-1], f"e{stride}a", widths, stride=2)
        features.append(_separable(blocks, x, f"e{stride}b", widths))
    return features


def _separable(blocks: Blocks[T], x: T, name: str, widths: Widths, *, stride: int = 1) -> T:
    return blocks.conv(blocks.depthwise(x, f"{name}_dw", stride=stride), name, widths.channels[name])

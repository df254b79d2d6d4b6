"""Arithmetic on cut-out masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.types import Box, Mask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


def common_px(one: Mask, other: Mask) -> int:
    """Return how many pixels two masks share."""
    left, top = max(one.box.left, other.box.left), max(one.box.top, other.box.top)
    right, bottom = min(one.box.right, other.box.right), min(one.box.bottom, other.box.bottom)
    if left >= right or top >= bottom:
        return 0
    return int(
        np.count_nonzero(_part(one, left, top, right, bottom) & _part(other, left, top, right, bottom))
    )


def likeness(one: Mask, other: Mask) -> float:
    """Return intersection over union, in ``[0, 1]``; 0 for two empty masks."""
    common = common_px(one, other)
    union = one.area_px + other.area_px - common
    return common / union if union else 0.0


def share_of(mask: Mask, field: NDArray[np.bool_]) -> float:
    """Return which share of a mask is true in a bool ``(H, W)`` field; 0 if empty."""
    box, area = mask.box, mask.area_px
    inside = field[box.top : box.bottom, box.left : box.right]
    return int(np.count_nonzero(inside & mask.bits)) / area if area else 0.0


def painted(masks: Iterable[Mask], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return bool ``shape``: true in any of the masks."""
    field = np.zeros(shape, np.bool_)
    for mask in masks:
        box = mask.box
        field[box.top : box.bottom, box.left : box.right] |= mask.bits
    return field


def surroundings(mask: Mask, shape: tuple[int, ...], margin_px: int) -> tuple[tuple[slice, slice], Mask]:
    """Return a mask's surroundings in a picture of ``shape``, and the mask within them."""
    box = mask.box
    top, left = max(0, box.top - margin_px), max(0, box.left - margin_px)
    bottom, right = min(shape[0], box.bottom + margin_px), min(shape[1], box.right + margin_px)
    inner = Box(box.left - left, box.top - top, box.right - left, box.bottom - top)
    return (slice(top, bottom), slice(left, right)), Mask(inner, mask.bits)


def inside(box: Box, shape: tuple[int, int]) -> bool:
    """Whether a box lies within a picture of ``shape`` (rows, columns)."""
    return 0 <= box.left < box.right <= shape[1] and 0 <= box.top < box.bottom <= shape[0]


def _part(mask: Mask, left: int, top: int, right: int, bottom: int) -> NDArray[np.bool_]:
    return mask.bits[top - mask.box.top : bottom - mask.box.top, left - mask.box.left : right - mask.box.left]

"""Reads a pair: two pictures of one size, and what changed between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convert.evaluate.pairs import read_object
from convert.evaluate.pictures import read_mask, read_picture
from edge.errors import ConfigError
from edge.types import Box

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from convert.evaluate.pairs import Pair
    from edge.types import Pixels

CHANGED, UNCHANGED = 255, 0
MAX_BOXES = 10_000
MAX_COORDINATE = 1 << 20
_SIDES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What changed, in the coordinates of the current picture.

    Attributes:
        changed: bool ``(H, W)``; the insides of the boxes where boxes say it.
        judged: bool ``(H, W)``; false where nobody knows.
        boxes: Clipped to the picture, in the order of the file; ``None`` where a
            mask says what changed.
    """

    changed: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    boxes: tuple[Box, ...] | None = None


def read_pair(pair: Pair) -> tuple[Pixels, Pixels, Truth]:
    """Return reference, current and truth.

    Raises:
        ConfigError: A file cannot be read, or the sizes differ.
    """
    reference, current = read_picture(pair.reference), read_picture(pair.current)
    if reference.shape != current.shape:
        msg = (
            f"{pair.current}: {_size(current.shape)} pixels, and its reference {pair.reference.name} has "
            f"{_size(reference.shape)}; a fixed camera gives one size: resize or replace one of them"
        )
        raise ConfigError(msg)
    if pair.mask is not None:
        return reference, current, _of_mask(pair.mask, current.shape)
    assert pair.boxes is not None, "a pair has a mask or boxes"  # noqa: S101 - for the type checker
    return reference, current, _of_boxes(pair.boxes, current.shape)


def _of_mask(path: Path, shape: tuple[int, ...]) -> Truth:
    mask = read_mask(path)
    if mask.shape != shape[:2]:
        msg = (
            f"{path}: the mask has {_size(mask.shape)} pixels, and the current picture {_size(shape)}; "
            "draw it in the coordinates of the current picture"
        )
        raise ConfigError(msg)
    changed = mask == CHANGED
    return Truth(changed, changed | (mask == UNCHANGED))


def _of_boxes(path: Path, shape: tuple[int, ...]) -> Truth:
    listed = read_object(path).get("boxes")
    if not isinstance(listed, list) or len(listed) > MAX_BOXES:
        msg = f'{path}: "boxes" must be a list of at most {MAX_BOXES} boxes [x1, y1, x2, y2]'
        raise ConfigError(msg)
    boxes = tuple(_box(path, box, shape) for box in listed)
    changed = np.zeros(shape[:2], np.bool_)
    for box in boxes:
        changed[box.top : box.bottom, box.left : box.right] = True
    return Truth(changed, np.ones(shape[:2], np.bool_), boxes)


def _box(path: Path, sides: object, shape: tuple[int, ...]) -> Box:
    if not (
        isinstance(sides, list)
        and len(sides) == _SIDES
        and all(isinstance(side, (int, float)) and abs(side) <= MAX_COORDINATE for side in sides)
    ):
        msg = f"{path}: a box must be four numbers [x1, y1, x2, y2], in pixels from the top left"
        raise ConfigError(msg)
    left, top, right, bottom = (int(side) for side in sides)
    box = Box(max(0, left), max(0, top), min(right, shape[1]), min(bottom, shape[0]))
    if box.width < 1 or box.height < 1:
        msg = f"{path}: the box {sides} lies outside the picture of {_size(shape)} pixels, or has no area"
        raise ConfigError(msg)
    return box


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}x{shape[0]}"

"""Pictures in the size that the finished model takes, made of painted pairs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING, TypeVar, cast

import cv2
import numpy as np

from edge.vision.preprocess import prepared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from convert.data.stored import StoredPairs
    from edge.types import Pixels, Preprocess

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a finished model is shown, and the truth about it.

    Attributes:
        reference: Preprocessed, uint8 ``(S, S, 3)``.
        current: The same.
        mask: uint8, 255 where something changed: of the size of the pictures, or,
            where whole pairs were made to fit, of the size of a pair.
    """

    reference: Pixels
    current: Pixels
    mask: NDArray[np.uint8]


def mosaics(pairs: StoredPairs, preprocess: Preprocess, side_px: int, *, most_pairs: int) -> list[View]:
    """Return as many pairs, side by side, as fill pictures of a size; at least one picture.

    Args:
        pairs: At least one.
        preprocess: What happens to each pair first.
        side_px: Side of the pictures.
        most_pairs: Pairs to show.
    """
    across = -(-side_px // pairs.size_px)
    wanted = max(1, min(most_pairs, len(pairs)) // across**2)
    shown = _prepared(pairs, preprocess)
    found = []
    for _ in range(wanted):
        columns = zip(*islice(shown, across**2), strict=True)
        found.append(View(*(_tiled(list(column), across)[:side_px, :side_px] for column in columns)))
    return found


def whole(pairs: StoredPairs, preprocess: Preprocess, side_px: int, *, most_pairs: int) -> list[View]:
    """Return each pair made to fit; see ``mosaics``."""
    wanted = min(most_pairs, len(pairs))
    return [
        View(_fitted(before, side_px), _fitted(after, side_px), mask)
        for before, after, mask in islice(_prepared(pairs, preprocess), wanted)
    ]


def _prepared(
    pairs: StoredPairs, preprocess: Preprocess
) -> Iterator[tuple[Pixels, Pixels, NDArray[np.uint8]]]:
    """Yield the pairs, from the first again after the last."""
    for number in count():
        index = number % len(pairs)
        before, after = (np.array(pictures[index]) for pictures in (pairs.reference, pairs.current))
        yield (*prepared(before, after, preprocess), np.array(pairs.mask[index]))


def _tiled(pictures: Sequence[NDArray[Number]], across: int) -> NDArray[Number]:
    rows = [np.hstack(pictures[start : start + across]) for start in range(0, len(pictures), across)]
    return np.ascontiguousarray(np.vstack(rows))


def _fitted(picture: Pixels, side_px: int) -> Pixels:
    if picture.shape[0] == side_px:
        return picture
    return cast("Pixels", cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_AREA))

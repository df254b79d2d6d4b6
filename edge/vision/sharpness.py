"""How sharp a picture is, against the reference at the same places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Band = NDArray[np.float32]

WORKING_WIDTH = 960
"""Pictures are made about this wide first."""

FINE_PX, COARSE_PX = (3, 9), (17, 51)
"""Sides of the two means between which a band of detail lies, at working size."""

STRONG = 4.0
"""Grey levels of detail in the reference from which a place tells something."""

FEWEST = 400
"""Places without which nothing can be said."""

ALIKE = 0.4
"""Correlation of the coarse detail from which a picture shows the view of the reference."""


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """What of a reference a blur would take away.

    Attributes:
        step: Every how many-th pixel is used.
        fine: Fine detail, float32.
        coarse: Coarse detail, float32, the same shape.
        strong: Where there is fine detail, bool.
    """

    step: int
    fine: NDArray[np.float32]
    coarse: NDArray[np.float32]
    strong: NDArray[np.bool_]


def detail(grey: NDArray[np.uint8]) -> Detail:
    """Describe a reference's brightness, uint8 ``(H, W)``."""
    step = max(1, round(grey.shape[1] / WORKING_WIDTH))
    fine, coarse = _bands(grey, step)
    return Detail(step, fine, coarse, np.abs(fine) >= STRONG)


def sharpness(known: Detail, grey: NDArray[np.uint8], seen: NDArray[np.bool_] | None = None) -> float | None:
    """Compare a picture's fine detail with its coarse detail.

    Both are projected on the reference's, place by place, so noise adds nothing,
    and a light that takes contrast away takes it from both.

    Args:
        known: From ``detail``.
        grey: Brightness of the picture, aligned, uint8 ``(H, W)``.
        seen: bool ``(H, W)``: where the camera looked; ``None`` for everywhere.

    Returns:
        1 for a picture as sharp as the reference, 0 for one without any fine
        detail; ``None`` where nothing can be said, because the reference has too
        little detail or the picture does not show its view.
    """
    where = known.strong if seen is None else known.strong & _thinned(seen, known)
    if int(np.count_nonzero(where)) < FEWEST:
        return None
    fine, coarse = _bands(grey, known.step)
    base, shown = known.coarse[where], coarse[where]
    energy = float(base @ base)
    likeness = float(base @ shown) / max(1e-6, np.sqrt(energy * float(shown @ shown)))
    if likeness < ALIKE or energy == 0.0:
        return None
    sharp = known.fine[where]
    kept_fine = float(sharp @ fine[where]) / float(sharp @ sharp)
    return max(0.0, kept_fine) / (float(base @ shown) / energy)


def _bands(grey: NDArray[np.uint8], step: int) -> tuple[Band, Band]:
    size = (round(grey.shape[1] / step), round(grey.shape[0] / step))
    small = grey if step == 1 else cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    image = small.astype(np.float32)

    def mean(side: int) -> Band:
        return cast("Band", cv2.blur(image, (side, side)))

    fine, coarse = (mean(inner) - mean(outer) for inner, outer in (FINE_PX, COARSE_PX))
    return fine, coarse


def _thinned(seen: NDArray[np.bool_], known: Detail) -> NDArray[np.bool_]:
    height, width = known.fine.shape
    small = cv2.resize(seen.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return small > 0

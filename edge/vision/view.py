"""Can this view be judged at all?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edge.types import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.vision.align import Registration

DARK = 8.0
"""Mean brightness, in grey levels, below which nothing can be seen."""

BLIND_SHARE = 0.15
"""Share of landmarks that must still be found in an uncovered view."""

BLURRED = 0.3
"""Share of the reference's fine detail that must be left, against its coarse detail: about
what a blur of 3 px (standard deviation) leaves of a view that is 960 px wide."""

COVERED_SHARE = 0.5
"""Share of the judged picture that may differ before something stands in front."""


def view_of(motion: Registration, grey: NDArray[np.uint8], *, usual: float, max_shift_px: float) -> View:
    """Judge a frame before it is compared.

    Args:
        motion: Its registration.
        grey: Its brightness, uint8 ``(H, W)``.
        usual: Mean brightness of the reference, in grey levels: a scene that is
            always dark, such as lamps at night, can be judged.
        max_shift_px: Largest motion that is aligned away, in pixels.
    """
    if float(grey[::8, ::8].mean()) < min(DARK, usual / 2):
        return View.DARK
    if motion.found < BLIND_SHARE:
        return View.COVERED
    return View.MOVED if motion.largest_px > max_shift_px else View.OK


def unrecognized(sharpness: float | None) -> View:
    """Judge a frame of which too few landmarks were found, and that did not just move.

    Args:
        sharpness: Its detail against the reference's, at the same places; ``None``
            where it does not show the same view.
    """
    if sharpness is None:
        return View.COVERED
    return View.BLURRED if sharpness < BLURRED else View.OK


def blurred(sharpness: float | None) -> bool:
    """Whether a frame that shows the view has lost its detail."""
    return sharpness is not None and sharpness < BLURRED


def covered(hot: NDArray[np.bool_], judged: NDArray[np.bool_]) -> bool:
    """Whether so much differs that something stands in front of the camera."""
    return int(np.count_nonzero(hot)) > COVERED_SHARE * max(1, int(np.count_nonzero(judged)))

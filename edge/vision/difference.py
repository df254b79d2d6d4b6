"""The ``difference`` method: registered, light-corrected, shift-tolerant, in units of noise.

A baseline without learning, and the last fallback of the device. It sees what
is brighter or darker than anything in the reference's immediate neighbourhood,
by more than noise and a changed light can explain. It does not see a change of
colour at equal brightness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from edge.vision.light import SATURATED, relit, relit_widely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import ScoreMap

SHIFT_TOLERANCE = np.ones((3, 3), np.uint8)
"""A pixel may come from anywhere in here: one pixel around it."""

NOISE_LEFT = 0.3
"""Share of a pixel's noise that survives the two small averages below."""

FLOOR = 1.0
"""Grey levels that rounding and compression leave even on a perfect sensor."""

SUMMED = 9
"""Pixels in the last average, which is kept as a sum of integers."""

HALF_SCORE = 6.0
"""Standard deviations at which the score is one half."""


WORTH_A_SECOND_LOOK = 3.0
"""Standard deviations below which nothing will be a difference anyway."""

BAND = 120
"""Rows that are looked at again together; most of most pictures need no second look."""

REACH = 4
"""Rows around a pixel that decide about it."""


def difference(
    reference: NDArray[np.uint8], current: NDArray[np.uint8], noise: NDArray[np.float32]
) -> ScoreMap:
    """Score each pixel by how far it lies outside what the reference allows.

    Args:
        reference: Brightness of the learned scene, uint8 ``(H, W)``.
        current: Brightness now, aligned to the reference, same shape.
        noise: Standard deviation of a pixel at the reference's light, grey
            levels, float32 ``(H, W)``.

    Returns:
        Float32 ``(H, W)`` in ``[0, 1)``: one half at ``HALF_SCORE`` standard
        deviations. Equal pictures give zero everywhere.
    """
    soft = _denoised(current)
    sigmas = _sigmas(reference, soft, noise, relit(reference, current))
    tops = range(0, len(sigmas), BAND)
    worth = [top for top in tops if float(sigmas[top : top + BAND].max()) >= WORTH_A_SECOND_LOOK]
    if worth:
        # Somebody who fills a neighbourhood misleads its light: what the light of a
        # wider surrounding explains is no difference either.
        shown, gain = relit_widely(reference, current)
        for top in worth:
            above = max(0, top - REACH)
            rows = slice(above, top + BAND + REACH)
            wide = _sigmas(reference[rows], soft[rows], noise[rows], (shown[rows], gain[rows]))
            band = sigmas[top : top + BAND]
            np.minimum(band, wide[top - above :][: len(band)], out=band)
    return cast("ScoreMap", np.divide(sigmas, sigmas + np.float32(HALF_SCORE), out=sigmas))


def _sigmas(
    reference: NDArray[np.uint8],
    soft: NDArray[np.uint8],
    noise: NDArray[np.float32],
    light: tuple[NDArray[np.uint8], NDArray[np.float32]],
) -> NDArray[np.float32]:
    """How far the current picture leaves the relit reference, in standard deviations."""
    shown, gain = _denoised(light[0]), light[1]
    shown_high, soft_high = _at_most(shown, reference), _at_most(soft, soft)
    outside = cv2.max(
        _outside(shown, shown_high, soft, soft_high), _outside(soft, soft_high, shown, shown_high)
    )
    deviation = noise * (np.float32(NOISE_LEFT) * gain)
    np.multiply(deviation, deviation, out=deviation)
    np.add(deviation, np.float32(FLOOR * FLOOR), out=deviation)
    np.sqrt(deviation, out=deviation)
    return cast("NDArray[np.float32]", cv2.divide(outside, deviation, scale=1.0 / SUMMED, dtype=cv2.CV_32F))


def _denoised(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return cast("NDArray[np.uint8]", cv2.GaussianBlur(image, (3, 3), 0.8))


def _at_most(image: NDArray[np.uint8], sensed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How bright each pixel may truly be: anything, where the sensor clipped."""
    clipped = cv2.threshold(sensed, SATURATED - 1, 255, cv2.THRESH_BINARY)[1]
    return cast("NDArray[np.uint8]", cv2.max(image, cv2.dilate(clipped, SHIFT_TOLERANCE)))


def _outside(
    scene: NDArray[np.uint8],
    scene_high: NDArray[np.uint8],
    seen: NDArray[np.uint8],
    seen_high: NDArray[np.uint8],
) -> NDArray[np.int16]:
    """How far ``seen`` leaves the range of ``scene`` around each pixel, summed over 3x3."""
    above = cv2.subtract(seen, cv2.dilate(scene_high, SHIFT_TOLERANCE))
    below = cv2.subtract(cv2.erode(scene, SHIFT_TOLERANCE), seen_high)
    signed = cv2.subtract(above, below, dtype=cv2.CV_16S)
    # Summing the signed distance lets noise of both signs cancel.
    total = cv2.boxFilter(signed, cv2.CV_16S, (3, 3), normalize=False)
    return cast("NDArray[np.int16]", np.abs(total, out=total))

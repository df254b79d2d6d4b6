"""What the light did: a smooth local gain and offset between two pictures.

A lamp, a cloud or an automatic exposure changes whole neighbourhoods alike; a
small thing does not. So the light is fitted over neighbourhoods far larger than
the smallest change, and what it explains is not a difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

CELL_PX = 8
"""Side of the cells over which statistics are averaged first."""

WIDE_CELL_PX = 64
"""Side of the cells whose median is the light of a wide surrounding."""

WINDOW_CELLS = 9
"""Side of the neighbourhood, in cells: 72 px, six times the smallest change."""

RIDGE = 100.0
"""Contrast (variance, grey levels squared) below which the plain brightness
ratio is believed more than the regression."""

STRANGE = 12.0
"""Grey levels a first fit may leave; what differs more is not a matter of light."""

LEAST_BELIEVED = 0.25
"""Share of a neighbourhood that must be a matter of light for a second fit."""

SATURATED = 250
"""From this grey level a sensor may have clipped: the truth may be brighter."""

GAIN_SPREAD = 1.5
"""How far the fitted gain may leave the plain brightness ratio, as a factor."""


def grey(pixels: Pixels) -> NDArray[np.uint8]:
    """Return the brightness, uint8 ``(H, W)``, of an RGB picture."""
    return cast("NDArray[np.uint8]", cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))


def relit(
    reference: NDArray[np.uint8], current: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Show the reference in the light of the current picture.

    Fits ``current = gain * reference + offset`` in each neighbourhood by ridge
    regression towards the plain ratio of brightness.

    Args:
        reference: Brightness, uint8 ``(H, W)``, each side at least 1.
        current: The same scene, same shape.

    Returns:
        The relit reference, uint8 ``(H, W)``, and the gain, float32 ``(H, W)``.

    Source:
        The local linear model of He et al. 2013, "Guided image filtering",
        eq. 3 to 6, with a prior on the gain.
    """
    height, width = reference.shape
    cells = (max(1, width // CELL_PX), max(1, height // CELL_PX))
    clear, ref, cur = _halves(reference, current)
    gain, offset = _fit(clear, ref, cur, cells)
    # What the first fit leaves is no light: without it, the fit around it is true.
    half = (ref.shape[1], ref.shape[0])
    left = np.abs(_up(gain, half) * ref + _up(offset, half) - cur)
    believed = clear * (left < STRANGE)
    if bool((believed != clear).any()):
        again, moved = _fit(believed, ref, cur, cells)
        trusted = _share(believed, cells) >= LEAST_BELIEVED
        gain, offset = np.where(trusted, again, gain), np.where(trusted, moved, offset)
    full_gain = _up(gain, (width, height))
    shown = cv2.multiply(reference, full_gain, dtype=cv2.CV_32F)
    # Adding into uint8 rounds, and clips to what a camera can show.
    lit = cv2.add(shown, _up(offset, (width, height)), dtype=cv2.CV_8U)
    return cast("NDArray[np.uint8]", lit), full_gain


def in_light_of(reference: NDArray[np.uint8], pixels: Pixels) -> Pixels:
    """Show a picture in the light of the reference.

    Args:
        reference: Brightness of the reference, uint8 ``(H, W)``.
        pixels: The same scene in any light, uint8 ``(H, W, 3)``.
    """
    bright = grey(pixels)
    lit, _ = relit(bright, reference)
    factor = (lit.astype(np.float32) + np.float32(1.0)) / (bright.astype(np.float32) + np.float32(1.0))
    return cast("Pixels", cv2.multiply(pixels, cv2.merge([factor] * 3), dtype=cv2.CV_8U))


def relit_widely(
    reference: NDArray[np.uint8], current: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Show the reference in the light that most of a wide surrounding is in.

    Coarser than ``relit``, and not misled by somebody who fills a neighbourhood:
    the gain is the median of the brightness ratios of 25 large cells.

    Args:
        reference: Brightness, uint8 ``(H, W)``.
        current: The same scene, same shape.

    Returns:
        The relit reference, uint8 ``(H, W)``, and the gain, float32 ``(H, W)``.
    """
    height, width = reference.shape
    cells = (max(1, width // WIDE_CELL_PX), max(1, height // WIDE_CELL_PX))
    ref, cur = (
        cv2.resize(image.astype(np.float32), cells, interpolation=cv2.INTER_AREA)
        for image in (reference, current)
    )
    ratio = ((cur + 1.0) / (ref + 1.0)).astype(np.float32)
    gain = _up(cast("NDArray[np.float32]", cv2.medianBlur(ratio, 5)), (width, height))
    return cast(
        "NDArray[np.uint8]", cv2.convertScaleAbs(cv2.multiply(reference, gain, dtype=cv2.CV_32F))
    ), gain


def _fit(
    weight: NDArray[np.float32],
    ref: NDArray[np.float32],
    cur: NDArray[np.float32],
    cells: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fit gain and offset in every cell's neighbourhood, over pixels of weight 1."""
    share = _share(weight, cells) + np.float32(1e-3)
    ref, cur = ref * weight, cur * weight

    def mean(image: NDArray[np.float32]) -> NDArray[np.float32]:
        return cast("NDArray[np.float32]", _share(image, cells) / share)

    mean_ref, mean_cur = mean(ref), mean(cur)
    variance = mean(ref * ref) - mean_ref * mean_ref
    covariance = mean(ref * cur) - mean_ref * mean_cur
    ratio = (mean_cur + 1.0) / (mean_ref + 1.0)
    gain = (covariance + RIDGE * ratio) / (np.maximum(variance, 0.0) + RIDGE)
    gain = np.clip(gain, ratio / GAIN_SPREAD, ratio * GAIN_SPREAD).astype(np.float32)
    offset = (mean_cur - gain * mean_ref).astype(np.float32)
    return cast("NDArray[np.float32]", gain), offset


def _up(small: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    return cast("NDArray[np.float32]", cv2.resize(small, size, interpolation=cv2.INTER_LINEAR))


def _halves(
    reference: NDArray[np.uint8], current: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return at half size where neither is clipped (clipped pixels obey no gain), and both."""
    height, width = reference.shape
    half = (max(1, width // 2), max(1, height // 2))
    _, bright = cv2.threshold(cv2.max(reference, current), SATURATED - 1, 255, cv2.THRESH_BINARY)
    _, clear = cv2.threshold(
        cv2.resize(bright, half, interpolation=cv2.INTER_AREA), 0, 1, cv2.THRESH_BINARY_INV
    )
    ref = cv2.resize(reference, half, interpolation=cv2.INTER_AREA)
    cur = cv2.resize(current, half, interpolation=cv2.INTER_AREA)
    return clear.astype(np.float32), ref.astype(np.float32), cur.astype(np.float32)


def _share(image: NDArray[np.float32], cells: tuple[int, int]) -> NDArray[np.float32]:
    small = cv2.resize(image, cells, interpolation=cv2.INTER_AREA)
    return cast(
        "NDArray[np.float32]",
        cv2.blur(small, (WINDOW_CELLS, WINDOW_CELLS), borderType=cv2.BORDER_REFLECT),
    )

"""Other ways to find changes, for comparison: each as its users would build it from OpenCV.

A method measures, for each pixel of the current picture, how far it is from
unchanged, in a unit of its own; ``half`` of that unit is a score of one half,
from which the method reports. It is one number for all scenes, as it would be
in a product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.types import Pixels, ScoreMap

THRESHOLD = 0.5
"""The score from which every method reports."""

SEED = 0
LESSONS = 30
"""Pictures that a background model learns from: about a second of video."""

SENSOR_NOISE = 3.0
"""Grey levels; a background model that never saw noise calls all of it foreground."""

MEDIAN_PX = 5
"""What users of background models filter their specks with."""

HIGH_PASS_PX = 12.0
"""Brightness that varies over more than this is light, not things."""

CONTRAST_FLOOR = 4.0
"""Grey levels; where the picture is flatter, noise is not blown up to a change."""

NEIGHBOURHOOD = np.ones((5, 5), np.uint8)
SPECK = np.ones((3, 3), np.uint8)
SEARCH_PX = 8
"""Largest shift that the band method looks for."""

ECC_STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
ECC_SOFTNESS_PX = 5
LEAST_SIDE_PX = 32
"""Smaller pictures are not registered: there is nothing to hold on to."""

Measure = NDArray[np.float32]
Number = TypeVar("Number", bound=np.generic)
Picture = NDArray[np.integer[Any] | np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Method:
    """One way to find changes.

    Attributes:
        measure: Takes reference and current, uint8 ``(H, W, 3)``; gives float32
            ``(H, W)``, at least 0, in coordinates of the current picture.
        half: The measure from which a change is reported.
    """

    measure: Callable[[Pixels, Pixels], Measure]
    half: float

    def score(self, before: Pixels, after: Pixels) -> ScoreMap:
        """Return the score map, float32 ``(H, W)`` in ``[0, 1]``."""
        measured = self.measure(before, after)
        return cast("ScoreMap", measured / (measured + np.float32(self.half)))


def absdiff(before: Pixels, after: Pixels) -> Measure:
    """Return the largest difference of any colour channel, in grey levels, a little blurred."""
    apart = cv2.absdiff(before, after).max(axis=2).astype(np.float32)
    return cast("Measure", cv2.GaussianBlur(apart, (0, 0), 1.0))


def ecc(before: Pixels, after: Pixels) -> Measure:
    """Return the difference of registered pictures freed of local light, in local deviations.

    Source:
        Evangelidis and Psarakis 2008, as in ``cv2.findTransformECC``.
    """
    height, width = after.shape[:2]
    matrix = _ecc_motion(before, after)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    shown = cv2.warpAffine(before, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.full((height, width), 255, np.uint8), matrix, (width, height), flags=flags)
    even_before, even_after = (_even(cv2.cvtColor(image, cv2.COLOR_RGB2LAB)) for image in (shown, after))
    apart = cv2.GaussianBlur(cv2.absdiff(even_before, even_after).max(axis=2), (0, 0), 1.0)
    # What the reference did not show cannot be compared.
    return np.where(cv2.erode(inside, SPECK) == np.uint8(255), apart, np.float32(0.0))


def band(before: Pixels, after: Pixels) -> Measure:
    """Return how far pixels lie outside the other picture's 5x5 neighbourhood, in grey levels.

    Looked at both ways; after the best whole-pixel shift; lone specks opened away.
    """
    shown = _shifted(before, _whole_shift(before, after))
    outside = np.maximum(_outside(after, shown), _outside(shown, after)).max(axis=2)
    opened = cv2.morphologyEx(outside, cv2.MORPH_OPEN, SPECK)
    # The neighbourhood hides the rim of what changed; growing gives it back.
    return cast("Measure", cv2.dilate(opened, NEIGHBOURHOOD).astype(np.float32))


def mog2(before: Pixels, after: Pixels) -> Measure:
    """Return the foreground of a mixture of Gaussians taught with the reference: 0, 127 (shadow) or 255.

    Source:
        Zivkovic 2004, as in ``cv2.createBackgroundSubtractorMOG2``.
    """
    return _foreground(cv2.createBackgroundSubtractorMOG2(history=LESSONS), before, after)


def knn(before: Pixels, after: Pixels) -> Measure:
    """Return the foreground of nearest neighbours taught with the reference: 0, 127 (shadow) or 255.

    Not the same to the pixel each time: OpenCV draws its samples with the C library's dice.

    Source:
        Zivkovic and van der Heijden 2006, as in ``cv2.createBackgroundSubtractorKNN``.
    """
    return _foreground(cv2.createBackgroundSubtractorKNN(history=LESSONS), before, after)


METHODS = {
    # Well beyond noise, compression and the edges of a picture that shakes a little.
    "absdiff": Method(absdiff, half=35.0),
    # A thing stands out from its surroundings by its own local deviation or more.
    "ecc": Method(ecc, half=1.0),
    # Less than for plain differences: the neighbourhood has absorbed noise and edges.
    "band": Method(band, half=30.0),
    # Above a shadow's 127: a shadow is no change.
    "mog2": Method(mog2, half=191.0),
    "knn": Method(knn, half=191.0),
}
"""Methods by name."""


def _foreground(
    model: cv2.BackgroundSubtractorMOG2 | cv2.BackgroundSubtractorKNN, before: Pixels, after: Pixels
) -> Measure:
    rng = np.random.default_rng(SEED)
    for _ in range(LESSONS):
        noise = rng.standard_normal(before.shape, np.float32) * np.float32(SENSOR_NOISE)
        model.apply(np.clip(np.rint(before + noise), 0, 255).astype(np.uint8))
    found = model.apply(after, learningRate=0.0)
    return cv2.medianBlur(found, MEDIAN_PX).astype(np.float32)


def _even(image: Picture) -> NDArray[np.float32]:
    """Free each channel of its local mean and contrast."""
    values = image.astype(np.float32)
    detail = values - cv2.GaussianBlur(values, (0, 0), HIGH_PASS_PX)
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), HIGH_PASS_PX))
    return cast("NDArray[np.float32]", detail / (spread + np.float32(CONTRAST_FLOOR)))


def _ecc_motion(before: Pixels, after: Pixels) -> NDArray[np.float32]:
    """Return float32 ``(2, 3)``: current coordinates to reference ones; no motion where none is found."""
    still = np.eye(2, 3, dtype=np.float32)
    if min(after.shape[:2]) < LEAST_SIDE_PX:
        return still
    small = [
        _even(
            cv2.resize(
                cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA
            )
        )
        for image in (after, before)
    ]
    everywhere = np.full(small[0].shape, 255, np.uint8)
    matrix = still.copy()
    try:
        for motion in (cv2.MOTION_EUCLIDEAN, cv2.MOTION_AFFINE):
            _, found = cv2.findTransformECC(
                small[0], small[1], matrix, motion, ECC_STOP, everywhere, ECC_SOFTNESS_PX
            )
            matrix = np.asarray(found, np.float32)
    except cv2.error:  # it did not converge
        return still
    # Half-size pixel i covers full-size pixels 2i and 2i+1: centres differ by half a pixel.
    turn, shift = matrix[:, :2], matrix[:, 2]
    shift = 2.0 * shift + 0.5 - turn @ np.full(2, 0.5, np.float32)
    return np.column_stack([turn, shift]).astype(np.float32)


def _whole_shift(before: Pixels, after: Pixels) -> tuple[int, int]:
    """Return by how many whole columns and rows the reference must move to lie on the current picture."""
    if min(after.shape[:2]) < LEAST_SIDE_PX:
        return 0, 0
    even = [_even(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)) for image in (before, after)]
    inner = even[1][SEARCH_PX:-SEARCH_PX, SEARCH_PX:-SEARCH_PX]
    _, _, _, best = cv2.minMaxLoc(cv2.matchTemplate(even[0], inner, cv2.TM_CCOEFF_NORMED))
    return SEARCH_PX - best[0], SEARCH_PX - best[1]


def _shifted(image: NDArray[Number], shift: tuple[int, int]) -> NDArray[Number]:
    columns, rows = shift
    padded = np.pad(
        image, [(SEARCH_PX, SEARCH_PX), (SEARCH_PX, SEARCH_PX), (0, 0)][: image.ndim], mode="edge"
    )
    height, width = image.shape[:2]
    top, left = SEARCH_PX - rows, SEARCH_PX - columns
    return padded[top : top + height, left : left + width]


def _outside(image: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How far ``image`` leaves the range of ``other`` around each pixel."""
    above = cv2.subtract(image, cv2.dilate(other, NEIGHBOURHOOD))
    below = cv2.subtract(cv2.erode(other, NEIGHBOURHOOD), image)
    return cast("NDArray[np.uint8]", cv2.max(above, below))

"""Where a view does not hold still: plants, screens, blinking lamps, a street behind a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.vision.light import grey, relit_widely

if TYPE_CHECKING:
    from cv2.typing import MatLike
    from numpy.typing import NDArray

    from edge.core.polygons import Polygon
    from edge.types import Pixels

WIDTH = 480
"""Pictures are looked at in at most this width: what moves in less is left to the detector."""

MOST_LOOKS = 64
FEWEST_CROSSINGS = 5
"""Comings and goings that make a place restless: somebody who passes and comes back makes four."""

SIGMAS = 6.0
LEAST_LEVELS = 10.0
"""Grey levels within which a place holds still, on a camera without noise."""

ROBUST_SIGMA = 1.4826
"""Standard deviations per median absolute deviation of a normal distribution."""

JOIN = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15))
MARGIN = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11))
LEAST_AREA = 12
MOST_POLYGONS = 12
MOST_CORNERS = 16
ROUGHNESS_PX = 1.5
DIGITS = 3


class Restlessness:
    """Watches for a few seconds, and says where it did not hold still.

    Memory: 8 MB while it watches, some 60 MB for a moment when it is asked.
    """

    def __init__(self) -> None:
        self._looks: list[NDArray[np.uint8]] = []
        self._every = 1
        self._seen = 0

    @property
    def kept(self) -> int:
        """How many looks are kept."""
        return len(self._looks)

    def look(self, pixels: Pixels) -> None:
        """Watch one more picture, uint8 ``(H, W, 3)``; one of another size begins anew."""
        look = _small(grey(pixels))
        if self._looks and self._looks[0].shape != look.shape:
            self._looks, self._every, self._seen = [], 1, 0
        if self._seen % self._every == 0:
            self._looks.append(look)
        self._seen += 1
        if len(self._looks) == MOST_LOOKS:
            self._looks, self._every = self._looks[::2], self._every * 2

    def where(self) -> NDArray[np.bool_]:
        """Return which pixels of the small picture did not hold still, bool ``(h, w)``.

        What the light alone explains holds still. Nothing is known before the sixth look.
        """
        if not self._looks:
            return np.zeros((1, 1), np.bool_)
        looks = np.stack([_in_light_of(self._looks[0], look) for look in self._looks])
        away = np.abs(looks.astype(np.int16) - _usual(looks)).astype(np.uint8)
        usually = float(np.median(away[:, ::2, ::2]))
        return _crossings(away, max(LEAST_LEVELS, SIGMAS * ROBUST_SIGMA * usually)) >= FEWEST_CROSSINGS


def polygons_around(where: NDArray[np.bool_]) -> tuple[Polygon, ...]:
    """Return polygons that cover places, with a margin, largest first.

    Args:
        where: bool ``(H, W)``.

    Returns:
        At most ``MOST_POLYGONS``, of at most ``MOST_CORNERS`` corners in shares of the
        picture, each convex. Specks are left out.
    """
    height, width = where.shape
    specks = cv2.morphologyEx(where.astype(np.uint8), cv2.MORPH_CLOSE, JOIN)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(specks, connectivity=8)
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= LEAST_AREA]
    grown = cv2.dilate(np.isin(labels, large).astype(np.uint8), MARGIN)
    outlines, _ = cv2.findContours(grown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hulls = sorted((_hull(outline) for outline in outlines), key=cv2.contourArea, reverse=True)
    found = (_polygon(hull, width, height) for hull in hulls)
    return tuple(polygon for polygon in found if len(polygon) >= 3)[:MOST_POLYGONS]  # noqa: PLR2004 - a triangle


def share_of(where: NDArray[np.bool_]) -> float:
    """Return the share of a picture that is marked, gaps within a place included."""
    return float(cv2.morphologyEx(where.astype(np.uint8), cv2.MORPH_CLOSE, JOIN).mean())


def _in_light_of(first: NDArray[np.uint8], look: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a look, uint8 ``(h, w)``, in the light of the first.

    Lamps on the mains flicker, and a camera that reads row after row shows that as bands: what a
    whole row has in common is light.
    """
    gain = relit_widely(first, look)[1]
    bands = np.median((look + np.float32(1.0)) / (first * gain + np.float32(1.0)), axis=1, keepdims=True)
    even: NDArray[np.uint8] = np.clip(np.rint(look / np.maximum(gain * bands, 1e-3)), 0, 255).astype(np.uint8)
    return even


def _usual(looks: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return what each pixel shows most, int16 ``(h, w)``; of what blinks, one of the two."""
    shown = np.sort(looks, axis=0)[len(looks) // 2].astype(np.int16)
    near = np.abs(looks - shown) <= LEAST_LEVELS
    usual: NDArray[np.int16] = np.rint((looks * near).sum(axis=0) / near.sum(axis=0)).astype(np.int16)
    return usual


def _crossings(away: NDArray[np.uint8], tolerance: float) -> NDArray[np.uint8]:
    """Return how often each pixel left the tolerance, and came back to half of it."""
    gone = np.zeros(away[0].shape, np.bool_)
    crossings = np.zeros(away[0].shape, np.uint8)
    for one in away:
        now = (one > tolerance) | (gone & (one >= tolerance / 2))
        crossings += now != gone
        gone = now
    return crossings


def _small(bright: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = bright.shape
    if width <= WIDTH:
        return bright
    size = (WIDTH, max(1, round(height * WIDTH / width)))
    return cv2.resize(bright, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _hull(outline: MatLike) -> NDArray[np.int32]:
    return cv2.convexHull(outline).astype(np.int32)


def _polygon(hull: NDArray[np.int32], width: int, height: int) -> Polygon:
    """Return a hull with few corners, in shares of the picture."""
    roughness = ROUGHNESS_PX
    corners = cv2.approxPolyDP(hull, roughness, closed=True)
    while len(corners) > MOST_CORNERS:
        roughness *= 1.5
        corners = cv2.approxPolyDP(hull, roughness, closed=True)
    scale = np.array([max(1, width - 1), max(1, height - 1)])
    shares = np.clip(corners.reshape(-1, 2) / scale, 0.0, 1.0).round(DIGITS)
    return tuple((float(right), float(down)) for right, down in shares)

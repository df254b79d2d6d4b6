"""What happened to the thing that changed: evidence at the edge of its mask.

A thing that is there has an outline: brightness changes across it, and hardly along
it. The texture of a lawn or of a table top changes as much along as across. If there
is an outline in the reference only, the thing went away; if in the current picture
only, it came; if in both, it was exchanged or altered.

How clear an outline is, is the mean, all around the edge, of the logarithm of the
gradient across it over the gradient along it: 0 for none, 1 or 2 for a thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import cv2
import numpy as np

from edge.core.masks import surroundings
from edge.types import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Mask

    Number = TypeVar("Number", np.float32, np.float64, np.complex128)

DEPTHS_PX = np.arange(-2, 8)
"""How deep below the mask's edge the outline may lie: masks spill over, and seldom fall short."""

SLACK_PX = np.array([[-1], [0], [1]])
"""How much deeper or less deep it may lie in one picture than in the other."""

STRETCH_PX = 9
"""Length of edge along which it keeps its depth."""

ROUNDED = np.array([1, 4, 6, 4, 1]) / 16
"""Weights of neighbours along the edge, to take the steps of the pixels off it."""

FAINT = np.float32(1.0)
"""Gradient, grey levels a pixel, far below which nothing is an outline."""

ABSENT, PRESENT = 0.5, 0.7
"""Clearness up to which there is no outline, and from which there is one."""

CLEARLY, MANY_TIMES = 0.4, 3.0
"""How much clearer than the other the only outline must be, and how much it is in any case."""

MARGIN_PX = 8
"""Surroundings of the mask that are looked at."""

LEAST_EDGE_PX, MOST_EDGE_PX = 8, 30_000
"""Of a shorter edge nothing is said; a longer one is looked at in larger steps: OpenCV maps no more places
at a time."""


def kind_of(reference: NDArray[np.uint8], current: NDArray[np.uint8], mask: Mask) -> Kind:
    """Judge one region.

    Args:
        reference: Brightness of the reference in today's light, uint8 ``(H, W)``.
        current: Brightness now, aligned, same shape.
        mask: The region, not empty; it may spill over the edges of what changed.

    Returns:
        The kind, ``UNKNOWN`` where the evidence is weak.
    """
    around, inner = surroundings(mask, reference.shape, MARGIN_PX)
    before, after = _clearness(reference[around], current[around], inner)
    weaker, stronger = min(before, after), max(before, after)
    if weaker > max(ABSENT, stronger / MANY_TIMES):
        return Kind.ALTERED if weaker >= PRESENT else Kind.UNKNOWN
    if stronger - weaker < CLEARLY:
        return Kind.UNKNOWN
    return Kind.APPEARED if after > before else Kind.DISAPPEARED


def _clearness(reference: NDArray[np.uint8], current: NDArray[np.uint8], mask: Mask) -> tuple[float, float]:
    """Return how clear an outline each picture shows, 0 where too little of the edge is in view.

    Each stretch of the edge is judged at the depth where one of the pictures is clearest.
    """
    edge, inwards = _edge(mask)
    places = edge + DEPTHS_PX[:, None] * inwards
    bottom, right = (side - 1 for side in reference.shape)
    outermost = places[0]
    seen = (
        (outermost.real >= 0) & (outermost.real <= right) & (outermost.imag >= 0) & (outermost.imag <= bottom)
    )
    if np.count_nonzero(seen) < LEAST_EDGE_PX:
        return 0.0, 0.0
    both = np.stack([_clear(image, places, inwards) for image in (reference, current)])
    near = (both.max(0).argmax(0) + SLACK_PX).clip(0, len(DEPTHS_PX) - 1)
    before, after = (np.take_along_axis(one, near, 0).max(0)[seen].mean() for one in both)
    return float(before), float(after)


def _edge(mask: Mask) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Follow the outer edge of a mask's longest piece.

    Returns:
        Places about a pixel apart, and the way inwards at each, of unit length. Complex
        ``(N,)``: columns are real, rows imaginary.
    """
    offset = (mask.box.left, mask.box.top)
    pieces, _ = cv2.findContours(
        mask.bits.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=offset
    )
    corners = max(pieces, key=len)[:, 0] @ np.array([1, 1j])
    corners = np.append(corners, corners[0])
    way = np.append(0.0, np.abs(np.diff(corners)).cumsum())
    steps = min(MOST_EDGE_PX, max(LEAST_EDGE_PX, int(way[-1])))
    even = np.linspace(0, way[-1], steps, endpoint=False)
    ragged = np.interp(even, way, corners.real) + 1j * np.interp(even, way, corners.imag)
    edge = np.convolve(_closed(ragged, len(ROUNDED) // 2), ROUNDED, "valid")
    along = np.roll(edge, -1) - np.roll(edge, 1)
    # OpenCV goes around with the inside on the left, as seen on a screen.
    return edge, -1j * along / (np.abs(along) + 1e-9)


def _clear(
    image: NDArray[np.uint8], places: NDArray[np.complex128], inwards: NDArray[np.complex128]
) -> NDArray[np.float32]:
    """Return how clear an outline is at each depth and place, float32 ``(depths, N)``."""
    soft = cv2.GaussianBlur(image, (3, 3), 0.6)
    slopes = (cv2.Scharr(soft, cv2.CV_32F, *way, scale=1 / 32) for way in ((1, 0), (0, 1)))
    columns, rows = places.real.astype(np.float32), places.imag.astype(np.float32)
    right, down = (cv2.remap(slope, columns, rows, cv2.INTER_LINEAR) for slope in slopes)
    x, y = inwards.real.astype(np.float32), inwards.imag.astype(np.float32)
    across, along = (_smoothed(np.abs(part)) for part in (right * x + down * y, down * x - right * y))
    return cast("NDArray[np.float32]", np.log((across + FAINT) / (along + FAINT)))


def _smoothed(strip: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take the mean over a stretch of the edge around each place."""
    reach = STRETCH_PX // 2
    return cast("NDArray[np.float32]", cv2.blur(_closed(strip, reach), (STRETCH_PX, 1))[:, reach:-reach])


def _closed(ring: NDArray[Number], reach: int) -> NDArray[Number]:
    """Put before either end of what goes around an edge what comes after it."""
    return np.concatenate([ring[..., -reach:], ring, ring[..., :reach]], -1)

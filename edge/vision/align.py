"""Registration: bring the current picture onto the reference, which never moves.

Landmarks of the reference are followed into the current picture (pyramidal
Lucas-Kanade on a picture freed of local brightness), and the simplest motion
that explains them is kept: none, then shift with rotation and scale, then a
homography.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

STILL_PX = 0.15
"""A motion smaller than this everywhere is not worth the blur of a remap."""

WORKING_WIDTH = 1280
"""Wider pictures are registered at half size."""

LANDMARKS = 150
FEWEST = 12
"""Landmarks without which no motion is believed."""

FEWEST_SHARE = 0.15
"""Share of all landmarks that must agree on a motion."""

FEWEST_FOR_HOMOGRAPHY = 40
HOMOGRAPHY_GAIN = 0.8
"""A homography must leave less than this share of the simpler motion's error."""

LOOP_PX = 0.5
"""A landmark must come back this near when followed there and back."""

WINDOW = (21, 21)
CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 0.02)


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """What of the reference can be found again.

    Attributes:
        picture: The reference freed of local brightness, uint8, at working size.
        points: float32 ``(N, 1, 2)``, columns and rows at working size.
        scale: Working pixels per reference pixel: 1 or 0.5.
        size: Width and height of the reference.
    """

    picture: NDArray[np.uint8]
    points: NDArray[np.float32]
    scale: float
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """How the view moved.

    Attributes:
        matrix: float64 ``(3, 3)``: reference coordinates to current ones.
        shift_px: Motion of the centre, columns and rows.
        largest_px: Largest motion of any corner.
        found: Share of the landmarks that were found again, in ``[0, 1]``;
            1 when the reference has too few to tell.
        field: What the matrix leaves, float32 ``(h, w, 2)``: columns and rows to
            add to current coordinates, stretched over the whole reference;
            ``None`` for nothing.
    """

    matrix: NDArray[np.float64]
    shift_px: tuple[float, float]
    largest_px: float
    found: float
    field: NDArray[np.float32] | None = None

    @property
    def still(self) -> bool:
        """Whether a remap would only blur."""
        return self.largest_px < STILL_PX

    @property
    def rotation_deg(self) -> float:
        """How far the picture was turned, clockwise."""
        return float(np.degrees(np.arctan2(self.matrix[1, 0], self.matrix[0, 0])))

    @property
    def zoom(self) -> float:
        """How much larger things look."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:2, :2]))))


def landmarks(grey: NDArray[np.uint8], where: NDArray[np.bool_] | None = None) -> Landmarks:
    """Choose landmarks of a reference, uint8 ``(H, W)``, from the places ``where`` is true."""
    height, width = grey.shape
    scale = 0.5 if width > WORKING_WIDTH else 1.0
    picture = even(grey, scale)
    apart = max(8.0, width * scale / 60)
    mask = None
    if where is not None:
        size = (picture.shape[1], picture.shape[0])
        mask = cv2.resize(where.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    points = _or_none(
        cv2.goodFeaturesToTrack(picture, LANDMARKS, qualityLevel=0.02, minDistance=apart, mask=mask)
    )
    found = np.zeros((0, 1, 2), np.float32) if points is None else points.astype(np.float32)
    return Landmarks(picture, found, scale, (width, height))


def register(known: Landmarks, grey: NDArray[np.uint8]) -> Registration:
    """Find the motion between the reference and the current picture.

    Args:
        known: From ``landmarks``.
        grey: Current brightness, uint8, the size of the reference.

    Returns:
        The simplest motion that explains the landmarks; no motion where too few
        were found to believe one.

    Source:
        Lucas and Kanade 1981, in the pyramid of Bouguet 2001; RANSAC.
    """
    if len(known.points) < FEWEST:
        return _motion(np.eye(3), known, found=1.0)
    picture = even(grey, known.scale)
    start, end = _followed(known, picture, loop=False)
    motion = _rigid(known, start, end)
    if motion is not None and motion.still:
        return motion  # the usual case, and half the work
    start, end = _followed(known, picture, loop=True)
    motion = _rigid(known, start, end)
    if motion is None:
        return _motion(np.eye(3), known, found=len(start) / len(known.points))
    if motion.still or len(start) < FEWEST_FOR_HOMOGRAPHY:
        return motion
    simple = _at_working_size(motion.matrix, known.scale)
    richer = _or_none(cv2.findHomography(start, end, cv2.RANSAC, 1.0)[0])
    if richer is None or _error(richer, start, end) > HOMOGRAPHY_GAIN * _error(simple, start, end):
        return motion
    return _motion(_at_full_size(richer, known.scale), known, found=motion.found)


def warp(pixels: Pixels, motion: Registration) -> tuple[Pixels, NDArray[np.bool_]]:
    """Show the current picture in reference coordinates.

    Args:
        pixels: uint8 ``(H, W, 3)`` or ``(H, W)``.
        motion: From ``register``.

    Returns:
        The picture, and bool ``(H, W)``: false where the camera did not look.
        A still picture comes back as it is.
    """
    height, width = pixels.shape[:2]
    if motion.still:
        return pixels, np.ones((height, width), np.bool_)
    where = _sources(motion, (width, height))
    shown = cv2.remap(pixels, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload] # the hints lack this form
    across, down = cv2.split(where)
    seen = (across >= 0) & (across <= width - 1) & (down >= 0) & (down <= height - 1)
    return cast("Pixels", shown), seen


def unwarp(score: NDArray[np.float32], motion: Registration) -> NDArray[np.float32]:
    """Show a score map of the reference in the current picture's coordinates.

    Args:
        score: float32 ``(H, W)``.
        motion: From ``register``.

    Returns:
        The same size, 0 where the reference did not look.
    """
    if motion.still:
        return score
    height, width = score.shape
    back = np.linalg.inv(motion.matrix)
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    here = np.dstack([across, down])
    where = cv2.perspectiveTransform(here, back)
    if motion.field is not None:
        # The field is known at reference pixels, and smooth: one step finds which one came here.
        bend = cv2.resize(motion.field, (width, height), interpolation=cv2.INTER_LINEAR)
        left = cv2.remap(bend, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload] # the hints lack this form
        where = cv2.perspectiveTransform(here - left, back)
    shown = cv2.remap(score, where, None, cv2.INTER_LINEAR, borderValue=0.0)  # type: ignore[call-overload] # the hints lack this form
    return cast("NDArray[np.float32]", shown)


def even(grey: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Free a picture of its local brightness and contrast."""
    scaled = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    image = scaled.astype(np.float32)
    mean = cv2.blur(image, (31, 31))
    detail = cv2.subtract(image, mean)
    contrast = np.sqrt(cv2.blur(detail * detail, (31, 31)) + np.float32(64.0))
    even = cv2.divide(detail, contrast, scale=40.0)
    picture: NDArray[np.uint8] = np.clip(np.rint(even + np.float32(128.0)), 0, 255).astype(np.uint8)
    return picture


def _sources(motion: Registration, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return where each reference pixel is found, float32 ``(H, W, 2)``: columns and rows."""
    across, down = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    where = cv2.perspectiveTransform(np.dstack([across, down]), motion.matrix)
    if motion.field is not None:
        where = cv2.add(where, cv2.resize(motion.field, size, interpolation=cv2.INTER_LINEAR))
    return cast("NDArray[np.float32]", where)


def _followed(
    known: Landmarks, picture: NDArray[np.uint8], *, loop: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Follow the landmarks there and, for ``loop``, back; keep those that return."""
    there, ok = _follow(known.picture, picture, known.points)
    if loop:
        back, ok_back = _follow(picture, known.picture, there)
        ok &= ok_back & (np.linalg.norm((back - known.points).reshape(-1, 2), axis=1) < LOOP_PX)
    return known.points[ok].reshape(-1, 2), there[ok].reshape(-1, 2)


def _follow(
    start: NDArray[np.uint8], end: NDArray[np.uint8], points: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        start, end, points, np.empty_like(points), winSize=WINDOW, maxLevel=3, criteria=CRITERIA
    )
    return cast("NDArray[np.float32]", moved), status.ravel() == 1


def _rigid(known: Landmarks, start: NDArray[np.float32], end: NDArray[np.float32]) -> Registration | None:
    """Fit shift, rotation and scale; ``None`` where too few landmarks agree."""
    if len(start) < FEWEST:
        return None
    fitted, used = cv2.estimateAffinePartial2D(start, end, ransacReprojThreshold=1.0)
    matrix = _or_none(fitted)
    agreeing = 0 if matrix is None else int(np.count_nonzero(used))
    if matrix is None or agreeing < max(FEWEST, FEWEST_SHARE * len(known.points)):
        return None
    square = np.vstack([matrix, [0.0, 0.0, 1.0]])
    return _motion(_at_full_size(square, known.scale), known, found=agreeing / len(known.points))


def _or_none(found: object) -> NDArray[np.float64] | None:
    """Say what OpenCV's type hints hide: that a search may find nothing."""
    return None if found is None else np.asarray(found, np.float64)


def _down(scale: float) -> NDArray[np.float64]:
    # Half-size pixel i covers full-size pixels 2i and 2i+1: centres differ by half a pixel.
    return np.array([[scale, 0, (scale - 1) / 2], [0, scale, (scale - 1) / 2], [0, 0, 1]])


def _at_full_size(matrix: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    return np.linalg.inv(_down(scale)) @ matrix @ _down(scale)


def _at_working_size(matrix: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    return _down(scale) @ matrix @ np.linalg.inv(_down(scale))


def _error(matrix: NDArray[np.float64], start: NDArray[np.float32], end: NDArray[np.float32]) -> float:
    shown = cv2.perspectiveTransform(start.reshape(-1, 1, 2), matrix).reshape(-1, 2)
    return float(np.median(np.linalg.norm(shown - end, axis=1)))


def _motion(matrix: NDArray[np.float64], known: Landmarks, *, found: float) -> Registration:
    width, height = known.size
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height], [width / 2, height / 2]])
    shown = cv2.perspectiveTransform(corners.reshape(-1, 1, 2), matrix).reshape(-1, 2)
    motion = shown - corners
    return Registration(
        matrix=matrix,
        shift_px=(float(motion[4, 0]), float(motion[4, 1])),
        largest_px=float(np.linalg.norm(motion, axis=1).max()),
        found=found,
    )

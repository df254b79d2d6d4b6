"""Counts, for one pair, what was reported rightly and wrongly; counts of several pairs add up."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.evaluate.cleanup import labelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convert.evaluate.truth import Truth

BINS = 4096
"""Steps of the score for precision-recall curves."""

EDGE_PX = 2
"""Nobody draws the edge of a change more exactly than this."""

TOUCH_PX = 3
"""A report this near to a change is about that change."""

LEAST_BLOB_PX = 10
"""Smaller specks of a drawn mask are slips of the pen."""


def _bins() -> NDArray[np.int64]:
    return np.zeros(BINS, np.int64)


@dataclass(slots=True, eq=False)
class Counts:
    """How often what happened. Pixels count only where the truth is known.

    Attributes:
        pairs: Pairs counted.
        hit_px: Changed pixels reported.
        false_px: Unchanged pixels reported.
        missed_px: Changed pixels not reported.
        calm_px: Unchanged pixels not reported.
        judged_px: Pixels whose truth is known.
        reported_px: Of those, reported.
        reported_near_px: Reported pixels within ``EDGE_PX`` of a changed one.
        true_px: Changed pixels.
        true_near_px: Changed pixels within ``EDGE_PX`` of a reported one.
        true_touched_px: Changed pixels within ``TOUCH_PX`` of a reported one.
        blobs: Changed regions of at least ``LEAST_BLOB_PX``.
        blobs_hit: Of those, touched by a report.
        false_regions: Reported regions that touch no change.
        boxes: Boxes that say what changed.
        boxes_hit: Of those, touched by a right region.
        regions: Reported regions, in pairs with boxes.
        regions_right: Of those, at least half inside the boxes.
        images_hit: Changed pairs with a report.
        images_missed: Changed pairs without one.
        images_false: Unchanged pairs with a report.
        images_quiet: Unchanged pairs without one.
        quiet_pairs: Unchanged pairs.
        quiet: Of those, without a false region.
        quiet_px: Judged pixels of unchanged pairs whose truth is a mask.
        quiet_false_px: Of those, reported.
        changed_scores: Scores of changed pixels, by bin.
        unchanged_scores: Scores of unchanged pixels, by bin.
        reported_scores: Scores of reported pixels, by bin.
        changed_images: Highest scores of changed pairs, by bin.
        unchanged_images: Highest scores of unchanged pairs, by bin.
    """

    pairs: int = 0
    hit_px: int = 0
    false_px: int = 0
    missed_px: int = 0
    calm_px: int = 0
    judged_px: int = 0
    reported_px: int = 0
    reported_near_px: int = 0
    true_px: int = 0
    true_near_px: int = 0
    true_touched_px: int = 0
    blobs: int = 0
    blobs_hit: int = 0
    false_regions: int = 0
    boxes: int = 0
    boxes_hit: int = 0
    regions: int = 0
    regions_right: int = 0
    images_hit: int = 0
    images_missed: int = 0
    images_false: int = 0
    images_quiet: int = 0
    quiet_pairs: int = 0
    quiet: int = 0
    quiet_px: int = 0
    quiet_false_px: int = 0
    changed_scores: NDArray[np.int64] = field(default_factory=_bins)
    unchanged_scores: NDArray[np.int64] = field(default_factory=_bins)
    reported_scores: NDArray[np.int64] = field(default_factory=_bins)
    changed_images: NDArray[np.int64] = field(default_factory=_bins)
    unchanged_images: NDArray[np.int64] = field(default_factory=_bins)

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of both."""
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def count(mask: NDArray[np.bool_], stored: NDArray[np.uint16], truth: Truth) -> Counts:
    """Compare what was reported with what changed.

    Args:
        mask: bool ``(H, W)``: where a change is reported.
        stored: The scores as they are written: 65535 is a score of one.
        truth: What changed.

    Returns:
        The counts of this pair.
    """
    level = (stored / np.float64(np.iinfo(np.uint16).max) * (BINS - 1)).astype(np.int64)
    counts = Counts(pairs=1)
    counts.reported_scores = _histogram(level[mask])
    _count_image(counts, reported=bool(mask.any()), changed=_any(truth), level=int(level.max()))
    if truth.boxes is None:
        _count_pixels(counts, mask, level, truth)
        _count_regions(counts, mask, truth)
    else:
        _count_boxes(counts, mask, truth)
    return counts


def grown(mask: NDArray[np.bool_], px: int) -> NDArray[np.bool_]:
    """Return the pixels within ``px`` of a mask, as OpenCV draws a disc."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * px + 1, 2 * px + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc)) > 0


def _any(truth: Truth) -> bool:
    return bool(truth.boxes) or (truth.boxes is None and bool(truth.changed.any()))


def _histogram(levels: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.bincount(levels, minlength=BINS).astype(np.int64)


def _sum(mask: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(mask))


def _count_image(counts: Counts, *, reported: bool, changed: bool, level: int) -> None:
    counts.images_hit = int(changed and reported)
    counts.images_missed = int(changed and not reported)
    counts.images_false = int(not changed and reported)
    counts.images_quiet = int(not changed and not reported)
    (counts.changed_images if changed else counts.unchanged_images)[level] += 1


def _count_pixels(counts: Counts, mask: NDArray[np.bool_], level: NDArray[np.int64], truth: Truth) -> None:
    changed, seen = truth.changed, mask & truth.judged
    counts.hit_px = _sum(seen & changed)
    counts.false_px = _sum(seen & ~changed)
    counts.missed_px = _sum(changed & ~mask)
    counts.calm_px = _sum(truth.judged & ~mask & ~changed)
    counts.judged_px = _sum(truth.judged)
    counts.reported_px = _sum(seen)
    counts.reported_near_px = _sum(seen & grown(changed, EDGE_PX))
    counts.true_px = _sum(changed)
    counts.true_near_px = _sum(changed & grown(mask, EDGE_PX))
    counts.true_touched_px = _sum(changed & grown(mask, TOUCH_PX))
    counts.changed_scores = _histogram(level[changed])
    counts.unchanged_scores = _histogram(level[truth.judged & ~changed])


def _count_regions(counts: Counts, mask: NDArray[np.bool_], truth: Truth) -> None:
    labels, areas = labelled(truth.changed)
    blobs = areas >= LEAST_BLOB_PX
    blobs[0] = False
    counts.blobs = _sum(blobs)
    counts.blobs_hit = _sum(blobs & _present(labels[grown(mask, TOUCH_PX) & truth.changed], len(areas)))
    labels, areas = labelled(mask)
    judged = np.bincount(labels[truth.judged], minlength=len(areas))
    # A region mostly where nobody knows is neither right nor wrong.
    false = ~_present(labels[grown(truth.changed, TOUCH_PX)], len(areas)) & (judged * 2 > areas)
    false[0] = False
    counts.false_regions = _sum(false)
    if not counts.true_px:
        counts.quiet_pairs = 1
        counts.quiet = int(not false.any())
        counts.quiet_px = counts.judged_px
        counts.quiet_false_px = counts.reported_px


def _count_boxes(counts: Counts, mask: NDArray[np.bool_], truth: Truth) -> None:
    boxes = truth.boxes or ()
    labels, areas = labelled(mask)
    inside = np.bincount(labels[truth.changed], minlength=len(areas))
    right = inside * 2 >= areas
    right[0] = False
    counts.regions = len(areas) - 1
    counts.regions_right = _sum(right)
    counts.boxes = len(boxes)
    counts.boxes_hit = sum(
        bool(right[labels[box.top : box.bottom, box.left : box.right]].any()) for box in boxes
    )
    counts.reported_px, counts.judged_px = _sum(mask), mask.size
    if not boxes:
        counts.quiet_pairs = 1
        counts.quiet = int(not mask.any())


def _present(labels: NDArray[np.int32], count: int) -> NDArray[np.bool_]:
    """Return bool ``(count,)``: which labels occur."""
    return np.bincount(labels, minlength=count) > 0

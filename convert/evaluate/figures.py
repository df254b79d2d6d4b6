"""From counts to figures: precision, recall and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convert.evaluate.counts import BINS, Counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Figures = dict[str, float]
"""Figures by name, in ``[0, 1]`` unless their name says otherwise."""

DIGITS = 6
LOWEST_SHARE = 0.01
"""``cut`` is the score that this share of the reported pixels lies below."""


def figures(groups: Mapping[str, Counts]) -> Figures:
    """Return what a set, or a subset, comes to.

    Args:
        groups: Counts by scene, at least one.

    Returns:
        ``pairs``, then for whole images (was a changed pair noticed, an unchanged
        one left alone): ``image_accuracy``, ``image_precision``, ``image_recall``,
        ``image_f1``. Where masks say what changed, for pixels: ``accuracy``,
        ``precision``, ``recall``, ``f1``, and

        * ``ftol``: F of precision and recall within 2 px, mean over scenes;
        * ``f1_best``, ``average_precision``: over all thresholds;
        * ``line_recall``: share of changed pixels within 3 px of a report;
        * ``blob_recall``: share of changed regions that a report touches;
        * ``false_regions_per_mpx``: reported regions that touch no change.

        Where boxes say it: ``box_precision``, ``box_recall``, ``box_f``. Then
        ``mask_area``, the share of pixels reported; ``quiet``, the share of
        unchanged pairs without a false region, with ``quiet_false_px``, the share
        of their pixels reported; ``cut``, the lowest scores among the reported.
        Figures that nothing was counted for are left out.
    """
    counts = sum(groups.values(), Counts())
    out: Figures = {"pairs": counts.pairs} | _image_figures(counts)
    if counts.quiet_px or counts.true_px:
        out |= _confusion(counts.hit_px, counts.false_px, counts.missed_px, counts.calm_px)
    if counts.boxes:
        precision = counts.regions_right / max(1, counts.regions)
        recall = counts.boxes_hit / counts.boxes
        out |= {"box_precision": precision, "box_recall": recall, "box_f": f_of(precision, recall)}
    if counts.true_px:
        precisions, recalls = curve(counts.changed_scores, counts.unchanged_scores)
        out["ftol"] = float(np.mean([_tolerant(group) for group in groups.values() if group.true_px]))
        out["f1_best"] = float(np.max(_harmonic(precisions, recalls)))
        out["average_precision"] = average_precision(precisions, recalls)
        out["line_recall"] = counts.true_touched_px / counts.true_px
    if counts.blobs:
        out["blob_recall"] = counts.blobs_hit / counts.blobs
    if counts.quiet_px or counts.true_px:
        out["false_regions_per_mpx"] = counts.false_regions / (counts.judged_px / 1e6)
    out["mask_area"] = counts.reported_px / max(1, counts.judged_px)
    if counts.quiet_pairs:
        out["quiet"] = counts.quiet / counts.quiet_pairs
    if counts.quiet_px:
        out["quiet_false_px"] = counts.quiet_false_px / counts.quiet_px
    if inside := int(counts.reported_scores.sum()):
        lowest = np.searchsorted(np.cumsum(counts.reported_scores), LOWEST_SHARE * inside)
        out["cut"] = float(lowest / (BINS - 1))
    return {name: round(value, DIGITS) for name, value in out.items()}


def curve(
    changed: NDArray[np.int64], unchanged: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return precision and recall at each threshold, from the highest down.

    Args:
        changed: How many changed pixels, or images, score in each bin; not all zero.
        unchanged: The same of the unchanged.
    """
    hit, false = np.cumsum(changed[::-1]), np.cumsum(unchanged[::-1])
    return hit / np.maximum(1, hit + false), hit / hit[-1]


def average_precision(precision: NDArray[np.float64], recall: NDArray[np.float64]) -> float:
    """Return the area under a curve: each step of recall at the precision it is reached with."""
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def f_of(precision: float, recall: float) -> float:
    """Return the harmonic mean; 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _tolerant(counts: Counts) -> float:
    precision = counts.reported_near_px / max(1, counts.reported_px)
    return f_of(precision, counts.true_near_px / counts.true_px)


def _harmonic(precision: NDArray[np.float64], recall: NDArray[np.float64]) -> NDArray[np.float64]:
    total = precision + recall
    return np.divide(2 * precision * recall, total, out=np.zeros_like(total), where=total > 0)


def _image_figures(counts: Counts) -> Figures:
    found = _confusion(counts.images_hit, counts.images_false, counts.images_missed, counts.images_quiet)
    return {f"image_{name}": value for name, value in found.items()}


def _confusion(hit: int, false: int, missed: int, quiet: int) -> Figures:
    """Return accuracy, and where something changed or was reported: precision, recall, F1."""
    out = {"accuracy": (hit + quiet) / max(1, hit + false + missed + quiet)}
    if hit + missed:
        precision, recall = hit / max(1, hit + false), hit / (hit + missed)
        out |= {"precision": precision, "recall": recall, "f1": f_of(precision, recall)}
    return out

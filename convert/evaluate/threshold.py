"""Chooses the score from which a pixel counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.evaluate.cleanup import LEAST_AREA_PX, labelled
from convert.evaluate.counts import EDGE_PX, grown
from convert.evaluate.figures import f_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from edge.types import ScoreMap

CANDIDATES: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.linspace(-5.0, 5.0, 161)))
"""Thresholds to choose from: even steps of the logit, for a network crowds its scores at both ends."""

FALSE_REGIONS_PER_MPX = 40.0
"""False regions that a megapixel of unchanged pairs may hold. A third of the painted pairs
shows relief under a lamp that moved, far harder on a detector than a fixed camera is, and rules
over time follow: this only keeps the best F from being bought with noise."""

NEARLY_BEST = 0.99
"""What reaches this share of the best F is as good: the pairs are not the world."""

HOPELESS = 30
"""More false regions than this in one pair are not counted: it is lost anyway."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What validation pairs say about each of ``CANDIDATES``.

    Attributes:
        f: F of precision and recall within 2 px, all pairs together.
        false_regions_per_mpx: Reported regions per megapixel of unchanged pairs;
            zero where there were no such pairs.
    """

    f: NDArray[np.float64]
    false_regions_per_mpx: NDArray[np.float64]


def choose(
    score_maps: Iterable[ScoreMap],
    masks: Iterable[NDArray[np.bool_]],
    *,
    false_regions_per_mpx: float = FALSE_REGIONS_PER_MPX,
) -> float:
    """Return the threshold that finds small changes best and leaves unchanged pairs alone.

    Args:
        score_maps: float32 ``(H, W)`` in ``[0, 1]``, of validation pairs.
        masks: bool ``(H, W)`` each: what changed.
        false_regions_per_mpx: See ``pick``.

    Returns:
        A threshold in ``(0, 1)``.

    Raises:
        ValueError: Nothing changed in any of the pairs.
    """
    return pick(weigh(score_maps, masks), false_regions_per_mpx=false_regions_per_mpx)


def weigh(score_maps: Iterable[ScoreMap], masks: Iterable[NDArray[np.bool_]]) -> Evidence:
    """Try every candidate on every pair; see ``choose``."""
    size = len(CANDIDATES)
    reported, right, found, false = (np.zeros(size, np.int64) for _ in range(4))
    true, quiet_px = 0, 0
    for score, mask in zip(score_maps, masks, strict=True):
        if mask.any():
            # A true pixel is found when a pixel within 2 px is reported: when the
            # highest score there reaches the threshold.
            disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * EDGE_PX + 1, 2 * EDGE_PX + 1))
            found += _reaching(np.asarray(cv2.dilate(score, disc), np.float32)[mask])
            true += int(np.count_nonzero(mask))
            right += _reaching(score[grown(mask, EDGE_PX)])
        else:
            quiet_px += mask.size
            false += _regions(score)
        reported += _reaching(score)
    if not true:
        msg = "no pair shows a change: nothing to choose a threshold by"
        raise ValueError(msg)
    precision, recall = right / np.maximum(1, reported), found / true
    f = np.array([f_of(p, r) for p, r in zip(precision, recall, strict=True)])
    return Evidence(f, false * 1e6 / max(1, quiet_px))


def pick(evidence: Evidence, *, false_regions_per_mpx: float = FALSE_REGIONS_PER_MPX) -> float:
    """Return the middle of the thresholds that are nearly the best.

    Args:
        evidence: From ``weigh``.
        false_regions_per_mpx: No threshold counts below which unchanged pairs hold
            more false regions than this. Where none is left, the one with the
            fewest is taken, the best of them if there are several.

    Returns:
        A threshold in ``(0, 1)``.
    """
    false = evidence.false_regions_per_mpx
    allowed = false <= max(false_regions_per_mpx, float(false.min()))
    f = np.where(allowed, evidence.f, -1.0)
    best = int(f.argmax())
    good = f >= NEARLY_BEST * f[best]
    bad = np.flatnonzero(~good)
    first = int(bad[bad < best].max(initial=-1)) + 1
    last = int(bad[bad > best].min(initial=len(good))) - 1
    return float(CANDIDATES[(first + last) // 2])


def _reaching(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return, for each candidate, how many scores reach it."""
    place = np.searchsorted(CANDIDATES, scores.ravel(), side="right")
    return np.bincount(place, minlength=len(CANDIDATES) + 1)[::-1].cumsum()[::-1][1:]


def _regions(score: ScoreMap) -> NDArray[np.int64]:
    """Return, for each candidate, the regions left of an unchanged pair at it or at a higher one.

    A lower threshold can melt many regions into one; it is no better for that.
    """
    counts = np.zeros(len(CANDIDATES), np.int64)
    worst = 0
    highest = int(np.searchsorted(CANDIDATES, float(score.max()), side="right"))
    for at in range(highest - 1, -1, -1):
        if worst < HOPELESS:
            _, areas = labelled(score >= CANDIDATES[at])
            worst = max(worst, int(np.count_nonzero(areas[1:] >= LEAST_AREA_PX)))
        counts[at] = worst
    return counts

"""Chooses the score that a region must reach somewhere, and the one it must reach everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.evaluate.cleanup import labelled, reported, risen
from convert.evaluate.counts import EDGE_PX, grown
from convert.evaluate.figures import f_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.types import ScoreMap

CANDIDATES: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.linspace(-5.0, 5.0, 161)))
"""Thresholds to choose from: even steps of the logit, for a network crowds its scores at both ends."""

LEVELS: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.arange(-3.0, 3.5, 0.5)))
"""Scores that regions may have to reach everywhere."""

FALSE_REGIONS_PER_MPX = 1.0
"""False regions that a megapixel of unchanged pairs may hold. A third of the painted pairs
shows relief under a lamp that moved, far harder on a detector than a fixed camera is."""

NEARLY_BEST = 0.98
"""What reaches this share of the best F is as good: the pairs are not the world."""


@dataclass(frozen=True, slots=True)
class Choice:
    """From what scores on a region is reported.

    Attributes:
        threshold: That it must reach somewhere, in ``(0, 1)``.
        reach: Share of it that it must reach everywhere, in ``(0, 1)``.
    """

    threshold: float
    reach: float

    def reported(self, score: ScoreMap) -> NDArray[np.bool_]:
        """Return where a change is reported, bool ``(H, W)``; see ``convert.evaluate.cleanup``."""
        return reported(score, self.threshold, self.reach)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What validation pairs say about each of ``CANDIDATES``, for regions down to one level.

    Attributes:
        level: The level; no candidate below it is allowed.
        f: F of precision and recall within 2 px, all pairs together.
        false_regions_per_mpx: Reported regions per megapixel of unchanged pairs;
            zero where there were no such pairs.
    """

    level: float
    f: NDArray[np.float64]
    false_regions_per_mpx: NDArray[np.float64]


def choose(
    scores: Sequence[ScoreMap],
    masks: Sequence[NDArray[np.bool_]],
    *,
    false_regions_per_mpx: float = FALSE_REGIONS_PER_MPX,
) -> Choice:
    """Return what finds small changes best and leaves unchanged pairs alone.

    Args:
        scores: float32 ``(H, W)`` in ``[0, 1]``, of validation pairs.
        masks: bool ``(H, W)`` each: what changed.
        false_regions_per_mpx: See ``pick``.

    Raises:
        ValueError: Nothing changed in any of the pairs.
    """
    found = [weigh(scores, masks, float(level)) for level in LEVELS]
    return pick(found, false_regions_per_mpx=false_regions_per_mpx)


def weigh(scores: Sequence[ScoreMap], masks: Sequence[NDArray[np.bool_]], level: float) -> Evidence:
    """Try every candidate on every pair, with regions that reach down to a level; see ``choose``."""
    size = len(CANDIDATES)
    told, right, found, false = (np.zeros(size, np.int64) for _ in range(4))
    true, quiet_px = 0, 0
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * EDGE_PX + 1, 2 * EDGE_PX + 1))
    for score, mask in zip(scores, masks, strict=True):
        peaks = risen(score, level)
        if mask.any():
            # A true pixel is found when a pixel within 2 px is reported: when the
            # highest score there reaches the threshold.
            found += _reaching(np.asarray(cv2.dilate(peaks, disc), np.float32)[mask])
            true += int(np.count_nonzero(mask))
            right += _reaching(peaks[grown(mask, EDGE_PX)])
        else:
            quiet_px += mask.size
            labels, areas = labelled(peaks > 0)
            false += _reaching(_one_each(peaks, labels, len(areas)))
        told += _reaching(peaks)
    if not true:
        msg = "no pair shows a change: nothing to choose a threshold by"
        raise ValueError(msg)
    precision, recall = right / np.maximum(1, told), found / true
    f = np.array([f_of(p, r) for p, r in zip(precision, recall, strict=True)])
    return Evidence(level, f, false * 1e6 / max(1, quiet_px))


def pick(evidence: Sequence[Evidence], *, false_regions_per_mpx: float = FALSE_REGIONS_PER_MPX) -> Choice:
    """Return the highest level that is nearly the best, and the middle of its nearly best thresholds.

    Of what finds as much, that is taken which spills least over the edges of things.

    Args:
        evidence: From ``weigh``, one for each level.
        false_regions_per_mpx: No threshold counts below which unchanged pairs hold
            more false regions than this. Where none is left, those with the
            fewest are taken.
    """
    fewest = min(float(each.false_regions_per_mpx[_above(each)].min()) for each in evidence)
    most = max(false_regions_per_mpx, fewest)
    fs = [np.where(_above(each) & (each.false_regions_per_mpx <= most), each.f, -1.0) for each in evidence]
    enough = NEARLY_BEST * max(float(f.max()) for f in fs)
    at = max(range(len(fs)), key=lambda place: (float(fs[place].max()) >= enough, evidence[place].level))
    f = fs[at]
    best = int(f.argmax())
    good = f >= NEARLY_BEST * f[best]
    bad = np.flatnonzero(~good)
    first = int(bad[bad < best].max(initial=-1)) + 1
    last = int(bad[bad > best].min(initial=len(good))) - 1
    threshold = float(CANDIDATES[(first + last) // 2])
    return Choice(threshold, evidence[at].level / threshold)


def _one_each(peaks: ScoreMap, labels: NDArray[np.int32], count: int) -> NDArray[np.float32]:
    """Return the peak of each region."""
    each = np.zeros(count, np.float32)
    each[labels] = peaks
    return each[1:]


def _above(evidence: Evidence) -> NDArray[np.bool_]:
    return np.asarray(evidence.level < CANDIDATES)


def _reaching(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return, for each candidate, how many scores reach it."""
    place = np.searchsorted(CANDIDATES, scores.ravel(), side="right")
    return np.bincount(place, minlength=len(CANDIDATES) + 1)[::-1].cumsum()[::-1][1:]

"""The pairs on which a model does worst, drawn for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.sheet import in_rows
from convert.evaluate.counts import EDGE_PX, grown
from edge.vision.encoded import jpeg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from convert.data.stored import StoredPairs
    from convert.evaluate.threshold import Choice
    from edge.types import Pixels, ScoreMap

FAILURES = "failures.jpg"
"""What the picture is called."""

FOUND, MISSED, FALSE = (60, 200, 60), (60, 140, 255), (255, 60, 60)
"""Colours of what was rightly reported, not reported, and wrongly reported."""

COLUMNS = 4
JPEG_QUALITY = 85


def worst(
    scores: Sequence[ScoreMap], masks: Sequence[NDArray[np.bool_]], choice: Choice, count: int
) -> list[int]:
    """Return the numbers of the pairs with the most pixels wrong, the worst first.

    Args:
        scores: float32 ``(H, W)`` in ``[0, 1]``.
        masks: bool ``(H, W)`` each: what changed.
        choice: From what scores on it is reported.
        count: How many, at most.
    """
    wrong = [
        sum(int(np.count_nonzero(each)) for each in _wrong(mask, choice.reported(score)))
        for score, mask in zip(scores, masks, strict=True)
    ]
    order = np.argsort(np.array(wrong), kind="stable")[::-1]
    return [int(number) for number in order[:count] if wrong[int(number)] > 0]


def failures_picture(
    pairs: StoredPairs, scores: Sequence[ScoreMap], choice: Choice, numbers: Sequence[int]
) -> bytes | None:
    """Return pairs, with what was reported of them, as a JPEG file; ``None`` where there are none.

    Each shows the reference, the current picture, and the latter with ``FOUND``, ``MISSED`` and ``FALSE``.
    """
    strips = [_strip(pairs, scores[number], choice, number) for number in numbers]
    if not strips:
        return None
    return jpeg(in_rows(strips, columns=COLUMNS), quality=JPEG_QUALITY)


def _strip(pairs: StoredPairs, score: ScoreMap, choice: Choice, number: int) -> Pixels:
    reference, current, mask = (
        np.array(each[number]) for each in (pairs.reference, pairs.current, pairs.mask)
    )
    told = choice.reported(score)
    missed, false = _wrong(mask > 0, told)
    grey = cv2.cvtColor(cv2.cvtColor(current, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB) // 2
    for where, colour in ((told & ~false, FOUND), (missed, MISSED), (false, FALSE)):
        grey[where] = colour
    strip = np.hstack([reference, current, grey])
    return cast("Pixels", cv2.copyMakeBorder(strip, 0, 4, 0, 4, cv2.BORDER_CONSTANT))


def _wrong(truth: NDArray[np.bool_], told: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what was missed, and what was reported falsely, each by more than an edge."""
    return truth & ~grown(told, EDGE_PX), told & ~grown(truth, EDGE_PX)

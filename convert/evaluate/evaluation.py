"""Goes through a set: looks at each pair, writes what is reported, counts how right that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from convert.evaluate.cleanup import reported
from convert.evaluate.counts import Counts, count
from convert.evaluate.pairs import ALL
from convert.evaluate.truth import read_pair
from convert.evaluate.writing import stored, write_picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from convert.evaluate.judge import Judge
    from convert.evaluate.pairs import PairSet

Tallies = dict[str, dict[str, Counts]]
"""Counts by subset, then by scene."""


def evaluate(
    pair_set: PairSet, judge: Judge, *, out: Path | None, step: Callable[[int], None] | None = None
) -> Tallies:
    """Look at every pair of a set.

    Args:
        pair_set: The set.
        judge: Who says what changed.
        out: An existing folder for ``ID_score.png`` and ``ID_mask.png``; ``None``
            to write nothing.
        step: Told after each pair how many are done.

    Returns:
        The counts.

    Raises:
        ConfigError: A pair cannot be read.
        StorageError: The disk refuses.
        EdgeError: The judge failed.
    """
    tallies: Tallies = {}
    for done, pair in enumerate(pair_set.pairs, start=1):
        before, after, truth = read_pair(pair)
        score = judge.score(before, after)
        mask, scores = reported(score, judge.threshold, judge.reach), stored(score)
        if out is not None:
            write_picture(out / f"{pair.id}_score.png", scores)
            write_picture(out / f"{pair.id}_mask.png", mask.astype(np.uint8) * np.uint8(255))
        groups = tallies.setdefault(pair.subset, {})
        groups[pair.group] = groups.get(pair.group, Counts()) + count(mask, scores, truth)
        if step is not None:
            step(done)
    return tallies


def title(name: str, subset: str) -> str:
    """Return what a subset of a set is called."""
    return name if subset == ALL else f"{name}/{subset}"

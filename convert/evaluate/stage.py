"""The ``evaluate`` stage: choose the threshold, and measure the model files on the validation pairs."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from convert.data import stored
from convert.evaluate import invariances
from convert.evaluate import threshold as thresholds
from convert.evaluate.cleanup import LEAST_AREA_PX
from convert.evaluate.counts import Counts, count
from convert.evaluate.curve import curve_picture
from convert.evaluate.failures import FAILURES, failures_picture, worst
from convert.evaluate.figures import figures
from convert.evaluate.judge import CPU, FLOAT, judge_of_model
from convert.evaluate.pairs import ALL
from convert.evaluate.trial import trial_bundle
from convert.evaluate.truth import Truth
from convert.evaluate.writing import stored as as_stored
from convert.evaluate.writing import write_bytes
from edge.types import REACH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from convert.data.stored import StoredPairs
    from convert.evaluate.figures import Figures
    from convert.evaluate.judge import Judge
    from convert.evaluate.threshold import Choice
    from convert.pipeline.stage import StageContext
    from edge.types import ScoreMap

VALIDATION = "validation"
TRIAL = "trial"
CURVE = "curve.png"
WHOLE_VIEW = frozenset({"document"})
"""Networks that answer with one score for the whole view: they are measured by the picture."""

_REGION = (1, LEAST_AREA_PX)

MOST_PAIRS = 2_000
"""More would tell nothing new."""

SHOWN = 20
"""Pairs on the picture of failures."""

PICTURES = 150
"""Of so many pictures is told what the model forgives."""

EVERY = 20
"""Pairs between two looks at whether to stop."""


def run(context: StageContext) -> Mapping[str, object]:
    """Return ``threshold``, ``reach`` and the figures of the int8 model; as ``float``, those of the other.

    The validation pairs go the way that pictures go on a device. See
    ``convert.pipeline.stage``, and ``convert.evaluate.figures`` for what the figures mean.
    For a network that looks at the whole view, the main ones are those by picture.

    Raises:
        ModelError: A model file cannot be used.
        StorageError: The painted pairs cannot be read, or the disk refuses.
        Interrupted: Somebody asked to stop.
    """
    recipe = context.recipe
    bundle = trial_bundle(
        context.inputs["quantize"],
        context.checkpoints / TRIAL,
        recipe,
    )
    pairs = stored.read(context.inputs["synth"] / VALIDATION)
    whole_view = recipe.network.name in WHOLE_VIEW
    many = min(MOST_PAIRS, len(pairs))
    total = 2 * many + (0 if whole_view else invariances.looks(min(PICTURES, many)))
    steps = _Steps(context, total)
    looks = {
        delegate: Look(steps, judge_of_model(bundle, delegate=delegate, threads=1), pairs, many)
        for delegate in (CPU, FLOAT)
    }
    scores, masks = looks[CPU].scores(), [pairs.mask[i] > 0 for i in range(many)]
    choice = _by_picture(scores, masks) if whole_view else thresholds.choose(scores, masks)
    counts = {CPU: _counts(scores, masks, choice)}
    nature = {} if whole_view else _nature(context, looks[CPU], scores, masks, choice)
    del scores
    counts[FLOAT] = _counts(looks[FLOAT].scores(), masks, choice)
    picture = curve_picture("painted validation pairs", {ALL: {ALL: counts[CPU]}})
    if picture is not None:
        write_bytes(context.partial / CURVE, picture)
    found = {
        delegate: _main(figures({ALL: each}), whole_view=whole_view) for delegate, each in counts.items()
    }
    about = {"threshold": choice.threshold, "reach": choice.reach}
    return {**about, **found[CPU], FLOAT: found[FLOAT], **nature}


class _Steps:
    """Counts looks: tells how far they are, and ends them when somebody asked to."""

    def __init__(self, context: StageContext, total: int) -> None:
        self._context, self._total, self._done = context, total, 0

    def __call__(self) -> None:
        self._done += 1
        self._context.progress.step(self._done, self._total)
        if self._done % EVERY == 0:
            self._context.give_way()


@dataclass(frozen=True, slots=True)
class Look:
    """One model file that looks at the validation pairs.

    Attributes:
        step: Called after each look.
        judge: The model.
        pairs: The painted pairs.
        count: How many of them it looks at.
    """

    step: Callable[[], None]
    judge: Judge
    pairs: StoredPairs
    count: int

    def scores(self) -> list[ScoreMap]:
        """Return the score maps.

        Raises:
            Interrupted: Somebody asked to stop.
            EngineError: The model failed.
        """
        return list(self._scores())

    def _scores(self) -> Iterator[ScoreMap]:
        for i in range(self.count):
            # Copies: what comes from the disk is read-only, and lives there.
            before, after = np.array(self.pairs.reference[i]), np.array(self.pairs.current[i])
            yield self.judge.score(before, after)
            self.step()


def _nature(
    context: StageContext,
    look: Look,
    scores: list[ScoreMap],
    masks: list[NDArray[np.bool_]],
    choice: Choice,
) -> Mapping[str, object]:
    """Measure what the model forgives and how small a thing it finds; draw where it fails."""
    drawn = failures_picture(look.pairs, scores, choice, worst(scores, masks, choice, SHOWN))
    if drawn is not None:
        write_bytes(context.partial / FAILURES, drawn)
    seed, pairs = context.seed, look.pairs
    few = range(min(PICTURES, look.count))
    pictures = [np.array(pairs.reference[i]) for i in few]
    forgiven = invariances.forgiven(look.judge, choice, pictures, seed=seed, step=look.step)
    squares = invariances.recall(look.judge, choice, pictures, seed=seed, step=look.step)
    turned = [(np.array(pairs.current[i]), pictures[i]) for i in few]
    swapped = invariances.swapped(look.judge, [scores[i] for i in few], turned, step=look.step)
    return {
        "forgiven": {name: asdict(each) for name, each in forgiven.items()},
        "squares": squares,
        "swapped": swapped,
    }


def _by_picture(scores: list[ScoreMap], masks: list[NDArray[np.bool_]]) -> Choice:
    """Choose a threshold for pictures: each becomes one region as small as may be."""
    choice = thresholds.choose(
        [np.full(_REGION, score.max(), np.float32) for score in scores],
        [np.full(_REGION, mask.any(), np.bool_) for mask in masks],
        false_regions_per_mpx=math.inf,
    )
    # How far down is of no consequence to one score for all.
    return replace(choice, reach=REACH)


def _counts(scores: list[ScoreMap], masks: list[NDArray[np.bool_]], choice: Choice) -> Counts:
    total = Counts()
    for score, mask in zip(scores, masks, strict=True):
        truth = Truth(mask, np.ones_like(mask))
        total += count(choice.reported(score), as_stored(score), truth)
    return total


def _main(found: Figures, *, whole_view: bool) -> Figures:
    """Let the figures by picture take the place of those by pixel."""
    if not whole_view:
        return found
    by_picture = {name.removeprefix("image_"): value for name, value in found.items() if "image_" in name}
    return {"pairs": found["pairs"], **by_picture}

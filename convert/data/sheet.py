"""``stillwatch-convert sheet``: what the training pairs of a recipe look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert import recipe as recipes
from convert.data import footage, photographs, synth
from convert.data.backgrounds import Backgrounds
from convert.evaluate.writing import write_picture
from convert.pipeline.inputs import derived_seed
from edge.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from convert.data.synth import SynthPair
    from edge.types import Pixels

COLUMNS = 3
LABEL_PX = 16
LABEL_SCALE = 0.4
WHITE = (255, 255, 255)
STAGE = "synth"
"""Whose dice are thrown: what is shown here is what that stage paints first."""


def run(args: argparse.Namespace) -> int:
    """Paint a recipe's first training pairs into one picture.

    Args:
        args: ``recipe``, a name or a path; ``out``, the PNG file to write;
            ``count``, how many pairs.

    Returns:
        The exit code, 0.

    Raises:
        ConfigError: The recipe, its footage or ``out`` is not right.
        StorageError: The disk refuses.
    """
    out: Path = args.out
    if not out.parent.is_dir():
        msg = f"--out {out}: there is no folder {out.parent}; make it first"
        raise ConfigError(msg)
    recipe = recipes.load(recipes.find(args.recipe))
    own = () if recipe.data.footage is None else footage.read(recipe.data.footage)
    own = own[: footage.for_training(len(own))]
    backgrounds = Backgrounds(photographs.load(photographs.TRAINING), footage=own)
    seed = derived_seed(recipe.seed, STAGE)
    pairs = [
        synth.pair(np.random.default_rng([seed, 0, number]), backgrounds, recipe.data)
        for number in range(args.count)
    ]
    write_picture(out, contact_sheet(pairs)[..., ::-1])
    return 0


def contact_sheet(pairs: Sequence[SynthPair]) -> Pixels:
    """Return reference, current and mask of each pair side by side, in rows, RGB uint8.

    Above each stands how it was changed, one word a change.

    Args:
        pairs: At least one, all of one size.
    """
    return in_rows([_strip(pair) for pair in pairs], columns=COLUMNS)


def in_rows(strips: Sequence[Pixels], *, columns: int) -> Pixels:
    """Return pictures of one size in rows of so many; the last row is filled up with black.

    Args:
        strips: RGB, uint8 ``(h, w, 3)``, at least one.
        columns: How many in a row.
    """
    filled = [*strips, *[np.zeros_like(strips[0])] * (-len(strips) % columns)]
    rows = [np.hstack(filled[start : start + columns]) for start in range(0, len(filled), columns)]
    return cast("Pixels", np.vstack(rows))


def _strip(pair: SynthPair) -> Pixels:
    shown = np.hstack([pair.reference, pair.current, cv2.cvtColor(pair.mask, cv2.COLOR_GRAY2RGB)])
    label = np.zeros((LABEL_PX, shown.shape[1], 3), np.uint8)
    words = ", ".join(paint.value for paint in pair.paints) if pair.mask.any() else "nothing changed"
    cv2.putText(label, words, (3, LABEL_PX - 4), cv2.FONT_HERSHEY_SIMPLEX, LABEL_SCALE, WHITE, 1, cv2.LINE_AA)
    return cast("Pixels", np.vstack([label, shown]))

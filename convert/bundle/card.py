"""The model card: what people should know before they trust a model."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.bundle.nature import nature
from convert.data.photographs import RESERVED, TRAINING
from convert.evaluate.failures import FAILURES
from edge.golden import expected
from edge.vision.drawing import heat
from edge.vision.encoded import jpeg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convert.bundle.golden import GoldenPair
    from convert.recipe import PruneRecipe, QuantizeRecipe, Recipe
    from edge.types import Affine, Bundle

PICTURE = "card.jpg"
TEMPLATE = Path(__file__).with_name("card.md")
SHOWN_PX = 160
JPEG_QUALITY = 85

_LOOKS = {
    "compact": "It compares two aligned pictures in windows of {0} x {0} pixels and says, for every second"
    " pixel, how likely something there has physically changed.",
    "document": "It compares two aligned pictures, made small, and says how likely anything in them has"
    " changed; it does not say where.",
}
_FAILURES = f"""## Where it fails
![The painted validation pairs with the most pixels wrong]({FAILURES})

Of the painted pairs that it was never trained on, those with the most pixels wrong: before, after, and what
was reported, green rightly and red wrongly; blue was missed.

"""
_TOLD = (int, float, str)


def card(
    bundle: Bundle, recipe: Recipe, figures: Mapping[str, Mapping[str, object]], *, shows_failures: bool
) -> str:
    """Return the card, in Markdown.

    Args:
        bundle: What it is about.
        recipe: How it was made.
        figures: What each stage found out, by the stage's name.
        shows_failures: Whether ``FAILURES`` lies beside it.
    """
    data, train = recipe.data, recipe.train
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        model=bundle.model,
        version=bundle.version,
        look=_LOOKS[recipe.network.name].format(recipe.tile.size_px),
        threshold=f"{bundle.threshold:.3f}",
        level=f"{bundle.threshold * bundle.reach:.3f}",
        failures=_FAILURES if shows_failures else "",
        nature=nature(figures["evaluate"]),
        recipe=recipe.name,
        seed=recipe.seed,
        pairs=data.pairs,
        validation_pairs=data.validation_pairs,
        pair_px=data.size_px,
        changed_share=f"{data.changed_share:.0%}",
        smallest=data.min_change_px,
        largest=data.max_change_px,
        training=_listed(TRAINING),
        reserved=_listed(RESERVED),
        own="" if data.footage is None else ", and footage of its maker",
        enhance=recipe.preprocess.enhance.value,
        denoise=recipe.preprocess.denoise.value,
        epochs=_epochs(train.epochs),
        learning_rate=f"{train.learning_rate:g}",
        pruning=_pruning(recipe.prune, figures["prune"]),
        rounding=_rounding(recipe.quantize, figures["quantize"]),
        figures="\n".join(_rows(figures)),
        files="\n".join(f"| `{file.name}` | {file.delegate} | `{file.sha256}` |" for file in bundle.files),
    )


def card_picture(pairs: Sequence[GoldenPair], affine: Affine) -> bytes:
    """Return the golden pairs with what the model says of them, as a JPEG file: a row for each."""
    rows = []
    for pair in pairs:
        hot = heat(pair.current, expected(pair.stored, affine, pair.current.shape))
        strip = (pair.reference, pair.current, hot)
        size = (SHOWN_PX, SHOWN_PX)
        rows.append(np.hstack([cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in strip]))
    return jpeg(np.vstack(rows), quality=JPEG_QUALITY)


def _listed(files: Sequence[str]) -> str:
    return ", ".join(file.partition(".")[0] for file in files)


def _epochs(count: int) -> str:
    return "1 epoch" if count == 1 else f"{count} epochs"


def _pruning(recipe: PruneRecipe, figures: Mapping[str, object]) -> str:
    if not figures["cut_channels"]:
        return "none"
    return f"{recipe.share:.0%} of the channels cut, then {_epochs(recipe.epochs)}"


def _rounding(recipe: QuantizeRecipe, figures: Mapping[str, object]) -> str:
    if figures["method"] == "qat":
        return f"{_epochs(recipe.epochs)} with the rounding in place"
    return f"by ranges measured on {recipe.calibration_pairs} pairs"


def _rows(figures: Mapping[str, Mapping[str, object]]) -> list[str]:
    return [
        f"| {stage} | {name} | {_shown(value)} |"
        for stage, found in figures.items()
        for name, value in found.items()
        if isinstance(value, _TOLD)
    ]


def _shown(value: float | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)

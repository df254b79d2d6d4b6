"""Quantization-aware training: a network learns to live with its rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convert.data import stored
from convert.data.stream import Batches
from convert.models import NETWORKS
from convert.models.quantized import load, measure, rounded
from convert.models.rounding import TrainRounding
from convert.training.fitting import Plan, fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import keras
    import numpy as np
    from numpy.typing import NDArray

    from convert.models.compact import Widths
    from convert.models.quantized import Weights
    from convert.pipeline.stage import StageContext


def measured(context: StageContext, widths: Widths, weights: Weights) -> keras.Model:
    """Return a network that rounds to ranges measured on training pairs."""
    model = rounded(widths, TrainRounding())
    load(model, weights)
    measure(model, _batches(context))
    return model


def trained_on(context: StageContext, model: keras.Model) -> float | None:
    """Fit a network with its rounding in place.

    Returns:
        Its best validation F1; ``None`` where the recipe asks for no epoch.

    Raises:
        Interrupted: Somebody asked to stop; the epochs behind are kept.
    """
    recipe = context.recipe.quantize
    plan = Plan(recipe.epochs, recipe.learning_rate, warmup_steps=0, patience=recipe.epochs + 1)
    history = fit(context, model, plan, pairs=context.inputs["synth"])
    return min(history, key=lambda epoch: epoch.val_loss).val_f1 if history else None


def _batches(context: StageContext) -> Iterator[Mapping[str, NDArray[np.float32]]]:
    recipe = context.recipe
    batches = Batches(
        stored.read(context.inputs["synth"] / "training"),
        recipe.preprocess,
        batch=recipe.train.batch,
        seed=context.seed,
        augment=False,
        target=NETWORKS[recipe.network.name].target,
    )
    for index in range(min(len(batches), -(-recipe.quantize.calibration_pairs // recipe.train.batch))):
        yield batches[index][0]

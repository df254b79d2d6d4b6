"""The ``train`` stage: a network learns from painted pairs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import keras

from convert import models
from convert.training.fitting import Plan, fit
from convert.training.plots import plot_history

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convert.pipeline.stage import StageContext


def run(context: StageContext) -> Mapping[str, object]:
    """Write ``model.keras``, ``history.json`` and ``history.png``; see ``convert.pipeline.stage``."""
    recipe, train = context.recipe, context.recipe.train
    keras.utils.set_random_seed(context.seed)
    model = models.trainable(recipe.network)
    plan = Plan(train.epochs, train.learning_rate, train.warmup_steps, train.patience)
    history = fit(context, model, plan, pairs=context.inputs["synth"])
    models.save(model, context.partial / "model.keras")
    rows = [asdict(epoch) for epoch in history]
    (context.partial / "history.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    plot_history(history, context.partial / "history.png")
    best = min(history, key=lambda epoch: epoch.val_loss)
    return {
        "parameters": model.count_params(),
        "epochs": len(history),
        "val_loss": round(best.val_loss, 4),
        "val_f1": round(best.val_f1, 4),
    }

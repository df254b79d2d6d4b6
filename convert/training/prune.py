"""The ``prune`` stage: cut the channels that matter least, and train on."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import keras

from convert import models
from convert.data import stored
from convert.data.stream import Batches
from convert.models.channels import macs
from convert.pipeline.files import write_json
from convert.training.cut import SIZE_PX, choose, sliced
from convert.training.fitting import Plan, fit, judge
from convert.training.importance import importance
from convert.training.plots import plot_widths
from edge.files import sync

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from convert.pipeline.stage import StageContext

MEASURED_PAIRS = 256
"""Training pairs by which importance is measured."""

BATCH = 16
"""Of them at a time: in a small batch, what one pair needs a channel for is not lost."""

WARMUP_STEPS = 50
CUT = "cut.keras"


def run(context: StageContext) -> Mapping[str, object]:
    """Write ``model.keras``, ``widths.json`` and ``widths.png``; see ``convert.pipeline.stage``.

    Figures say what the network is and what it reached: as it came, right after the
    cut, and after it was trained on.
    """
    recipe, pairs = context.recipe, context.inputs["synth"]
    model = keras.models.load_model(context.inputs["train"] / "model.keras", compile=False)
    network = models.NETWORKS[recipe.network.name]
    if not network.prunable or recipe.prune.share == 0:
        why = "nothing is to be cut" if network.prunable else "it has no channels to cut"
        context.progress.say(f"the network {recipe.network.name} goes on as it is: {why}")
        models.save(model, context.partial / "model.keras")
        return {"parameters": model.count_params(), "cut_channels": 0}
    before = models.widths_of(model)
    cut = _cut(context, model)
    after = models.widths_of(cut)
    figures = _size(model, "before") | _size(cut, "")
    count = sum(before.channels.values())
    figures["cut_channels"] = count - sum(after.channels.values())
    context.progress.say(f"cut {figures['cut_channels']} of {count} channels")
    context.give_way()
    rate = recipe.prune.learning_rate
    plan = Plan(recipe.prune.epochs, rate, WARMUP_STEPS, patience=recipe.prune.epochs + 1)
    figures |= _named(_read_best(context.inputs["train"] / "history.json"), "before")
    at_once: dict[str, float] = dict(
        zip(("val_loss", "val_f1"), judge(context, cut, pairs=pairs), strict=True)
    )
    figures |= _named(at_once, "cut")
    history = fit(context, cut, plan, pairs=pairs)
    rows = [asdict(epoch) for epoch in history]
    figures |= _named(_best(rows) if rows else at_once, "")
    models.save(cut, context.partial / "model.keras")
    (context.partial / "history.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    write_json(
        context.partial / "widths.json", {"before": dict(before.channels), "after": dict(after.channels)}
    )
    plot_widths(before, after, context.partial / "widths.png")
    return figures


def _cut(context: StageContext, model: keras.Model) -> keras.Model:
    """Return the smaller network; the same one after an interruption."""
    kept = context.checkpoints / CUT
    if kept.exists():
        return keras.models.load_model(kept, compile=False)
    recipe = context.recipe
    network, widths = models.NETWORKS[recipe.network.name], models.widths_of(model)
    batches = Batches(
        stored.read(context.inputs["synth"] / "training"),
        recipe.preprocess,
        batch=BATCH,
        seed=context.seed,
        augment=False,
        target=network.target,
    )
    whole = len(batches) - 1 if len(batches) > 1 else 1  # the last one may be smaller
    some = (batches[number] for number in range(min(whole, MEASURED_PAIRS // BATCH)))
    weighed = importance(model, network.loss(recipe.train), some, widths.channels)
    cut = sliced(model, choose(weighed, widths, recipe.prune.share))
    unfinished = kept.with_name(f"unfinished-{CUT}")
    models.save(cut, unfinished)
    sync(unfinished)
    unfinished.replace(kept)
    return cut


def _size(model: keras.Model, when: str) -> dict[str, object]:
    widths = models.widths_of(model)
    return _named({"parameters": model.count_params(), "macs": macs(widths, SIZE_PX)}, when)


def _read_best(history: Path) -> dict[str, float]:
    return _best(json.loads(history.read_text(encoding="utf-8")))


def _best(history: list[dict[str, float]]) -> dict[str, float]:
    """Return what the epoch reached whose weights were kept."""
    best = min(history, key=lambda epoch: epoch["val_loss"])
    return {name: best[name] for name in ("val_loss", "val_f1")}


def _named(figures: Mapping[str, object], when: str) -> dict[str, object]:
    return {
        f"{name}_{when}" if when else name: round(value, 4) if isinstance(value, float) else value
        for name, value in figures.items()
    }

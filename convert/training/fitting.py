"""Fits a network to painted pairs: epoch by epoch, resumable after each."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import ops

from convert.data import stored
from convert.data.stream import Batches
from convert.models.networks import NETWORKS
from convert.training.schedule import warmed_cosine
from edge.errors import ConfigError
from edge.files import replace

if TYPE_CHECKING:
    from pathlib import Path

    from convert.models.tensors import Tensor
    from convert.pipeline.stage import StageContext
    from convert.recipe import Recipe

CLIP_NORM = 1.0
"""Steps of a larger norm are shortened: one strange batch must not undo an epoch."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to fit.

    Attributes:
        epochs: Most times that all pairs are seen.
        learning_rate: Highest learning rate.
        warmup_steps: Steps in which it rises.
        patience: Epochs without a better validation loss before it ends.
    """

    epochs: int
    learning_rate: float
    warmup_steps: int
    patience: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch brought.

    Attributes:
        loss: On training pairs, augmented.
        f1: The same pairs, pooled over all pixels at stride 2.
        val_loss: On validation pairs.
        val_f1: On validation pairs.
    """

    loss: float
    f1: float
    val_loss: float
    val_f1: float


class PooledF1(keras.metrics.Metric):  # type: ignore[misc] # Keras has no types
    """F1 of logits above zero against masks, over all pixels seen."""

    def __init__(self) -> None:
        super().__init__(name="f1")
        self._hits, self._said, self._true = (
            self.add_weight(name=name, initializer="zeros") for name in ("hits", "said", "true")
        )

    def update_state(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor = None) -> None:
        """Count one batch; see Keras. Weights are not used here."""
        del sample_weight
        said = ops.cast(y_pred > 0, "float32")
        true = ops.cast(y_true, "float32")
        for count, found in ((self._hits, said * true), (self._said, said), (self._true, true)):
            count.assign_add(ops.sum(found))

    def result(self) -> Tensor:
        """Return F1 so far; 0 when there is nothing."""
        return 2.0 * self._hits / (self._said + self._true + 1e-6)


class _Watch(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Tells how far an epoch is, and ends it when somebody asked to."""

    def __init__(self, context: StageContext, epoch: int, plan: Plan, steps: int) -> None:
        super().__init__()
        self._context, self._steps = context, steps
        self._before, self._total = epoch * steps, plan.epochs * steps

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """See Keras."""
        figures = {name: float(value) for name, value in (logs or {}).items() if name in {"loss", "f1"}}
        self._context.progress.step(self._before + batch + 1, self._total, **figures)
        # A step is soon done again: only what an epoch made is kept.
        self._context.give_way()


def fit(context: StageContext, model: keras.Model, plan: Plan, *, pairs: Path) -> list[Epoch]:
    """Fit a network, and leave it with the weights of its best epoch.

    Args:
        context: The stage that fits; goes on from its checkpoint where there is one.
        model: The recipe's network, in whatever form: gives its logits for
            ``reference`` and ``current``.
        plan: How.
        pairs: Folder of the ``synth`` stage.

    Returns:
        What each epoch brought.

    Raises:
        ConfigError: The loss is no number any more.
        Interrupted: Somebody asked to stop; the epochs behind are kept.
    """
    recipe = context.recipe
    network = NETWORKS[recipe.network.name]
    batches = Batches(
        stored.read(pairs / "training"),
        recipe.preprocess,
        batch=recipe.train.batch,
        seed=context.seed,
        augment=True,
        target=network.target,
    )
    judged = _validation(recipe, pairs)
    rate = warmed_cosine(
        highest=plan.learning_rate, warmup_steps=plan.warmup_steps, steps=plan.epochs * len(batches)
    )
    model.compile(
        keras.optimizers.Adam(rate, clipnorm=CLIP_NORM),
        network.loss(recipe.train),
        metrics=[PooledF1()],
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    history = _restored(context, model)
    while len(history) < plan.epochs and not _tired(history, plan.patience):
        number = len(history)
        batches.begin(number)
        watch = _Watch(context, number, plan, len(batches))
        seen = model.fit(
            batches,
            validation_data=judged,
            epochs=number + 1,
            initial_epoch=number,
            verbose=0,
            callbacks=[watch],
            # The batches are shuffled already; Keras would do it from a seed that no checkpoint keeps.
            shuffle=False,
        ).history
        last = {name: float(values[-1]) for name, values in seen.items()}
        history.append(Epoch(last["loss"], last["f1"], last["val_loss"], last["val_f1"]))
        _check(history[-1], number, plan)
        if _best(history) == number:
            _save(context.checkpoints / "best.npz", [*model.weights])
        _keep(context, model, history)
        context.progress.say(
            f"epoch {number + 1} of {plan.epochs}: "
            + ", ".join(f"{name} {value:.4f}" for name, value in asdict(history[-1]).items())
        )
    if history:
        _load(context.checkpoints / "best.npz", [*model.weights])
    return history


def judge(context: StageContext, model: keras.Model, *, pairs: Path) -> tuple[float, float]:
    """Return the loss and F1 of a network on the validation pairs, as ``Epoch`` has them."""
    network = NETWORKS[context.recipe.network.name]
    model.compile(loss=network.loss(context.recipe.train), metrics=[PooledF1()], jit_compile=False)
    seen = model.evaluate(_validation(context.recipe, pairs), verbose=0, return_dict=True)
    return float(seen["loss"]), float(seen["f1"])


def _validation(recipe: Recipe, pairs: Path) -> Batches:
    target = NETWORKS[recipe.network.name].target
    shown = stored.read(pairs / "validation")
    return Batches(shown, recipe.preprocess, batch=recipe.train.batch, seed=0, augment=False, target=target)


def _check(epoch: Epoch, number: int, plan: Plan) -> None:
    """Raise ConfigError for a network that learns no more."""
    if not (isfinite(epoch.loss) and isfinite(epoch.val_loss)):
        msg = (
            f"the loss of epoch {number + 1} is not a number: lower learning_rate, which is"
            f" {plan.learning_rate:g}, in the table of the recipe that this stage follows"
        )
        raise ConfigError(msg)


def _best(history: list[Epoch]) -> int:
    return min(range(len(history)), key=lambda number: history[number].val_loss)


def _tired(history: list[Epoch], patience: int) -> bool:
    return bool(history) and len(history) - 1 - _best(history) >= patience


def _state(model: keras.Model) -> list[Tensor]:
    return [*model.weights, *model.optimizer.variables]


def _keep(context: StageContext, model: keras.Model, history: list[Epoch]) -> None:
    """Write a checkpoint; the history, written last, is what makes it count."""
    name = f"epoch-{len(history)}.npz"
    _save(context.checkpoints / name, _state(model))
    replace(context.checkpoints / "history.json", json.dumps([asdict(epoch) for epoch in history]).encode())
    for old in context.checkpoints.glob("epoch-*.npz"):
        if old.name != name:
            old.unlink()


def _restored(context: StageContext, model: keras.Model) -> list[Epoch]:
    told = context.checkpoints / "history.json"
    if not told.exists():
        return []
    history = [Epoch(**epoch) for epoch in json.loads(told.read_text(encoding="utf-8"))]
    _load(context.checkpoints / f"epoch-{len(history)}.npz", _state(model))
    context.progress.say(f"going on after epoch {len(history)}")
    return history


def _save(path: Path, variables: list[Tensor]) -> None:
    content = io.BytesIO()
    np.savez(content, *[ops.convert_to_numpy(variable) for variable in variables])
    replace(path, content.getvalue())


def _load(path: Path, variables: list[Tensor]) -> None:
    with np.load(path) as saved:
        for variable, name in zip(variables, saved.files, strict=True):
            variable.assign(saved[name])

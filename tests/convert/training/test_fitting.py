from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

from convert.pipeline.stage import Interrupted
from convert.training.fitting import Plan, fit, judge
from edge.errors import ConfigError
from tests.convert.contexts import KERAS, at_question, context_of
from tests.convert.tiny import RECIPE, network, paint, weights

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = KERAS

PLAN = Plan(epochs=3, learning_rate=0.01, warmup_steps=2, patience=3)
STEPS = RECIPE.data.pairs // RECIPE.train.batch


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return paint(tmp_path_factory.mktemp("pairs"))


def test_what_was_interrupted_ends_with_the_same_weights(pairs: Path, tmp_path: Path) -> None:
    straight = network()
    whole = fit(context_of(RECIPE, tmp_path / "straight", seed=4), straight, PLAN, pairs=pairs)
    # Once there is a checkpoint, all that counts is in there: another start does not matter.
    for start, step in ((0, 2), (0, STEPS + 2), (7, 1)):
        context = context_of(RECIPE, tmp_path / "broken", seed=4, stop=at_question(step))
        with pytest.raises(Interrupted):
            fit(context, network(start), PLAN, pairs=pairs)
    again = network(8)
    history = fit(context_of(RECIPE, tmp_path / "broken", seed=4), again, PLAN, pairs=pairs)
    assert history == whole
    assert all(np.array_equal(a, b) for a, b in zip(weights(straight), weights(again), strict=True))


def test_training_ends_when_nothing_gets_better(pairs: Path, tmp_path: Path) -> None:
    plan = Plan(epochs=30, learning_rate=1.0, warmup_steps=0, patience=2)
    history = fit(context_of(RECIPE, tmp_path / "fit"), network(), plan, pairs=pairs)
    best = int(np.argmin([epoch.val_loss for epoch in history]))
    assert len(history) == best + 1 + plan.patience < plan.epochs


def test_the_weights_of_the_best_epoch_are_left(pairs: Path, tmp_path: Path) -> None:
    plan = Plan(epochs=30, learning_rate=1.0, warmup_steps=0, patience=2)
    model, context = network(), context_of(RECIPE, tmp_path / "fit")
    history = fit(context, model, plan, pairs=pairs)
    best = min(history, key=lambda epoch: epoch.val_loss)
    assert best is not history[-1]
    assert judge(context, model, pairs=pairs) == pytest.approx((best.val_loss, best.val_f1), rel=1e-4)


def test_a_loss_that_is_no_number_says_what_to_lower(pairs: Path, tmp_path: Path) -> None:
    model = network()
    model.layers[-1].kernel.assign(np.full(model.layers[-1].kernel.shape, np.nan, np.float32))
    with pytest.raises(ConfigError, match="lower learning_rate"):
        fit(context_of(RECIPE, tmp_path / "fit"), model, PLAN, pairs=pairs)


def test_no_epochs_leave_a_network_as_it_is(pairs: Path, tmp_path: Path) -> None:
    model = network()
    before = weights(model)
    assert fit(context_of(RECIPE, tmp_path / "fit"), model, replace(PLAN, epochs=0), pairs=pairs) == []
    assert all(np.array_equal(a, b) for a, b in zip(before, weights(model), strict=True))


def test_one_checkpoint_is_kept_and_tells_its_history(pairs: Path, tmp_path: Path) -> None:
    context = context_of(RECIPE, tmp_path / "fit")
    fit(context, network(), replace(PLAN, epochs=2), pairs=pairs)
    assert sorted(path.name for path in context.checkpoints.iterdir()) == [
        "best.npz",
        "epoch-2.npz",
        "history.json",
    ]
    assert len(json.loads((context.checkpoints / "history.json").read_text())) == 2

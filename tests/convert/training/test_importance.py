from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

import keras

from convert.models.losses import PairLoss
from convert.models.normal import FusedBatchNormalization
from convert.training.importance import importance
from tests.convert.contexts import KERAS
from tests.convert.data.painting import rng_of

pytestmark = KERAS


def network() -> keras.Model:
    """Return a network of one hidden convolution, ``only``, with four channels."""
    keras.utils.set_random_seed(0)
    picture = keras.Input((16, 16, 3))
    hidden = keras.layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="only")(picture)
    seen = keras.ops.relu6(FusedBatchNormalization(name="only_bn")(hidden))
    return keras.Model(picture, keras.layers.Conv2D(1, 1, name="score")(seen))


def batches(count: int = 3) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = rng_of(3)
    return [
        (rng.random((4, 16, 16, 3), np.float32), (rng.random((4, 8, 8, 1)) > 0.5).astype(np.float32))
        for _ in range(count)
    ]


def measured(model: keras.Model) -> np.ndarray:
    return importance(model, PairLoss(0.5), batches(), ["only"])["only"]  # type: ignore[arg-type] # one picture


def test_a_channel_that_always_gives_zero_does_not_matter() -> None:
    model = network()
    model.get_layer("only_bn").gamma.assign([1.0, 0.0, 1.0, 1.0])
    found = measured(model)
    assert found[1] == 0
    assert (np.delete(found, 1) > 0).all()


def test_a_channel_that_nobody_reads_does_not_matter() -> None:
    model = network()
    kernel = np.array(model.get_layer("score").kernel)
    kernel[:, :, 2] = 0
    model.get_layer("score").kernel.assign(kernel)
    found = measured(model)
    assert found[2] == 0
    assert (np.delete(found, 2) > 0).all()


def test_it_is_what_the_loss_changes_by_to_first_order() -> None:
    model, (shown, truth) = network(), batches(1)[0]
    loss, normal = PairLoss(0.5), model.get_layer("only_bn")
    found = importance(model, loss, batches(1), ["only"])["only"]  # type: ignore[arg-type] # one picture
    gamma, beta = np.array(normal.gamma), np.array(normal.beta)
    for channel in range(4):
        slopes = []
        for step in (1e-2, -1e-2):
            gate = np.ones(4, np.float32)
            gate[channel] += step
            normal.gamma.assign(gamma * gate)
            normal.beta.assign(beta * gate)
            slopes.append(float(loss(truth, model(shown, training=True))))
        assert abs(slopes[0] - slopes[1]) / 2e-2 == pytest.approx(found[channel], rel=0.05, abs=1e-5)


def test_measuring_leaves_the_network_as_it_was() -> None:
    model = network()
    before, trains = model.get_weights(), [layer.trainable for layer in model.layers]
    measured(model)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert [layer.trainable for layer in model.layers] == trains

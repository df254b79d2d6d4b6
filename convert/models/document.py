"""The baseline: a plain classifier of whole views, to compare the compact network with."""

from __future__ import annotations

import keras
from keras import layers, ops

from convert.models.blocks import inputs

SIDE_PX = 224
FILTERS = (32, 64)


def document() -> keras.Model:
    """Return two convolutions, each pooled, and one dense layer over all that they found.

    It says *that* something changed, not where; and what is 12 px wide in a view of
    1920 x 1080 is less than 3 px wide at 224, which it can hardly see.

    Such a classifier takes one picture. This one takes two, and is shown by how much
    the current one is brighter and darker, as six channels. Given both pictures as
    they are instead, it did not learn to compare them: after three epochs over 6000
    pairs it told changed pairs from others no better than a coin.

    Returns:
        A model of ``reference`` and ``current``, float32 ``(N, 224, 224, 3)`` in
        ``[0, 1]``, that gives one logit each, ``(N, 1)``.
    """
    reference, current = inputs(SIDE_PX, SIDE_PX)
    x = ops.concatenate([ops.relu(current - reference), ops.relu(reference - current)], axis=-1)
    for number, filters in enumerate(FILTERS, start=1):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv{number}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{number}")(x)
    logits = layers.Dense(1, name="score")(layers.Flatten(name="flat")(x))
    return keras.Model({"reference": reference, "current": current}, logits, name="document")

"""The compact network as a Keras model: made, measured, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from convert.models.blocks import FloatBlocks, inputs
from convert.models.compact import Widths, compact

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "score"


def floating(widths: Widths, *, size_px: int | None = None) -> keras.Model:
    """Return the compact network in floating point.

    Args:
        widths: Its channels.
        size_px: Side of its pictures; ``None`` for any, divisible by the largest stride.
    """
    reference, current = inputs(size_px, size_px)
    logits = compact(FloatBlocks(), reference, current, widths)
    return keras.Model({"reference": reference, "current": current}, logits, name="compact")


def widths_of(model: keras.Model) -> Widths:
    """Return the channels of a compact network, pruned or not."""
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    return Widths({layer.name: layer.filters for layer in convolutions if layer.name != HEAD})


def save(model: keras.Model, path: Path) -> None:
    """Write a network without what it was trained with."""
    alone = keras.Model.from_config(model.get_config())
    alone.set_weights(model.get_weights())
    alone.save(path)

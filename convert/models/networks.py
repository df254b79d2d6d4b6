"""Networks by name, and how each is trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import keras

from convert.data.targets import PIXELS, Target, anywhere
from convert.models.building import floating
from convert.models.compact import Widths
from convert.models.document import SIDE_PX, document
from convert.models.losses import PairLoss

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from convert.recipe import NetworkName, NetworkRecipe, TrainRecipe


@dataclass(frozen=True, slots=True)
class Network:
    """A network, and how it is trained.

    Attributes:
        build: Makes one to train, as a recipe wants it. It takes ``reference`` and
            ``current``, float32 ``(N, S, S, 3)`` in ``[0, 1]``, and gives logits.
        loss: What training minimises, of its target and its logits.
        target: What it is shown, and should answer.
        prunable: Whether it has channels to cut.
    """

    build: Callable[[NetworkRecipe], keras.Model]
    loss: Callable[[TrainRecipe], keras.losses.Loss]
    target: Target
    prunable: bool


NETWORKS: Mapping[NetworkName, Network] = {
    "compact": Network(
        build=lambda recipe: floating(Widths.regular(recipe.channels, recipe.fuse_channels)),
        loss=lambda recipe: PairLoss(recipe.overlap_weight),
        target=PIXELS,
        prunable=True,
    ),
    "document": Network(
        build=lambda _: document(),
        loss=lambda _: keras.losses.BinaryCrossentropy(from_logits=True),
        target=Target(anywhere, SIDE_PX),
        prunable=False,
    ),
}


def trainable(recipe: NetworkRecipe) -> keras.Model:
    """Return a network to train; ``compact`` takes pictures of any size."""
    return NETWORKS[recipe.name].build(recipe)

"""The stages from a recipe to a model, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convert.model_files import DELEGATES
from convert.pipeline.stage import Stage

if TYPE_CHECKING:
    from convert.recipe import Recipe

_PIXEL_BYTES = 7
"""Two colour pictures and a mask."""

_CHECKPOINT_BYTES = 20_000_000


def _pairs_bytes(recipe: Recipe) -> int:
    pairs = recipe.data.pairs + recipe.data.validation_pairs
    return pairs * recipe.data.size_px**2 * _PIXEL_BYTES


def _checkpoint_bytes(_recipe: Recipe) -> int:
    return _CHECKPOINT_BYTES


_NETWORK = ("preprocess", "network")
_DONE = ("quantize", "audit", "evaluate", "gate")

STAGES = (
    Stage(
        "synth",
        "paint pairs of pictures with known changes",
        "convert.data.stage:run",
        revision=4,
        tables=("data",),
        footage=True,
        room_bytes=_pairs_bytes,
    ),
    Stage(
        "train",
        "train the network on them",
        "convert.training.train:run",
        revision=2,
        needs=("synth",),
        tables=(*_NETWORK, "train"),
        gives=("model.keras", "history.json"),
        room_bytes=_checkpoint_bytes,
    ),
    Stage(
        "prune",
        "cut the channels that matter least, and train on",
        "convert.training.prune:run",
        revision=2,
        needs=("synth", "train"),
        tables=(*_NETWORK, "train", "prune"),
        gives=("model.keras",),
        room_bytes=_checkpoint_bytes,
    ),
    Stage(
        "quantize",
        "make int8, float and ONNX model files",
        "convert.quantize:run",
        revision=2,
        needs=("synth", "prune"),
        tables=(*_NETWORK, "train", "quantize", "tile"),
        gives=tuple(DELEGATES),
        room_bytes=_checkpoint_bytes,
    ),
    Stage(
        "audit",
        "hold the model files against what the hardware can run",
        "convert.audit:stage",
        needs=("quantize",),
    ),
    Stage(
        "evaluate",
        "measure on validation pairs, and choose the threshold",
        "convert.evaluate.stage:run",
        revision=4,
        needs=("synth", "quantize"),
        tables=("preprocess", "tile", "look"),
    ),
    Stage(
        "gate",
        "refuse a model that is not good enough",
        "convert.gate:run",
        needs=("quantize", "audit", "evaluate"),
        tables=("gate",),
        decides=True,
    ),
    Stage(
        "bundle",
        "put together what a device needs",
        "convert.bundle:run",
        revision=3,
        needs=("synth", "train", "prune", *_DONE),
        tables=("recipe", *_NETWORK, "tile", "look"),
        gives=("bundle/contract.json", "bundle/model.tflite"),
    ),
)
"""A stage needs only stages above it."""

"""Makes int8 files of one network, by both methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import keras

from convert.data import stored
from convert.models import NETWORKS, widths_of
from convert.models.normal import FusedBatchNormalization
from convert.models.quantized import folded, load, ranges_of, rounded, weights_of
from convert.models.rounding import NoRounding
from convert.quantize import exported, views
from convert.quantize.training import measured, trained_on
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from convert.models.compact import Widths
    from convert.models.quantized import Weights
    from convert.pipeline.stage import StageContext
    from convert.quantize.views import View

TRAINABLE = frozenset({"compact"})
"""Networks that there is a form with rounding of."""


@dataclass(frozen=True, slots=True)
class Int8File:
    """An int8 file.

    Attributes:
        content: The file.
        network: The network of the same weights without rounding.
        unrounded: The float file of that.
    """

    content: bytes
    network: keras.Model
    unrounded: bytes


class Making:
    """The network of a ``quantize`` stage, on its way to files.

    Args:
        context: The stage.

    Attributes:
        network: It, in floating point, for pictures of the finished model's size.
        layers: Names of its layers that have weights.

    Raises:
        ModelError: There is no network to be read.
    """

    def __init__(self, context: StageContext) -> None:
        self._context = context
        source = _read(context.inputs["prune"] / "model.keras")
        self._target = NETWORKS[context.recipe.network.name].target
        self._size_px = self._target.side_px or context.recipe.tile.size_px
        self._weights = folded(source)
        self._widths = widths_of(source) if context.recipe.network.name in TRAINABLE else None
        self.network = source if self._widths is None else self._unrounded(self._widths, self._weights)
        self.layers = {layer.name for layer in self.network.layers if layer.weights}

    @property
    def trains_on(self) -> bool:
        """Whether there is to be a file by quantization-aware training."""
        return self._context.recipe.quantize.method == "qat" and self._widths is not None

    def views(self, split: str, most_pairs: int) -> list[View]:
        """Return painted pairs of a split in the size of the network."""
        pairs = stored.read(self._context.inputs["synth"] / split)
        make = views.mosaics if self._target.side_px is None else views.whole
        return make(pairs, self._context.recipe.preprocess, self._size_px, most_pairs=most_pairs)

    def by_examples(self) -> Int8File:
        """Return a file by post-training quantization."""
        shown = self.views("training", self._context.recipe.quantize.calibration_pairs)
        feeds = [exported.feed(view.reference, view.current) for view in shown]
        content = exported.int8_by_examples(self.network, feeds, scratch=self._context.checkpoints)
        return self._beside(content, self.network)

    def by_training(self) -> Int8File:
        """Return a file by quantization-aware training.

        Raises:
            Interrupted: Somebody asked to stop; the epochs behind are kept.
        """
        if self._widths is None:
            msg = f"the network {self._context.recipe.network.name} cannot be trained with its rounding"
            raise ValueError(msg)
        trained = measured(self._context, self._widths, self._weights)
        trained_on(self._context, trained)
        weights = weights_of(trained)
        rounding = exported.ExportRounding(ranges_of(trained))
        told = rounded(self._widths, rounding, size_px=self._size_px, batch=1)
        load(told, weights)
        content = exported.int8_by_ranges(told, scratch=self._context.checkpoints)
        return self._beside(content, self._unrounded(self._widths, weights))

    def _beside(self, content: bytes, network: keras.Model) -> Int8File:
        return Int8File(content, network, exported.in_float(network, scratch=self._context.checkpoints))

    def _unrounded(self, widths: Widths, weights: Weights) -> keras.Model:
        model = rounded(widths, NoRounding(), size_px=self._size_px, batch=1)
        load(model, weights)
        return model


def _read(path: Path) -> keras.Model:
    objects = {"FusedBatchNormalization": FusedBatchNormalization}
    try:
        return keras.models.load_model(path, custom_objects=objects, compile=False)
    except (OSError, ValueError, TypeError, LookupError) as error:
        why = " ".join(str(error).split())[:200]
        msg = f"{path}: cannot be read ({why}); run `stillwatch-convert prune` again"
        raise ModelError(msg) from error

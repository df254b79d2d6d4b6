"""What a recipe says, as the stages use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from edge.types import Preprocess

if TYPE_CHECKING:
    from pathlib import Path

NetworkName = Literal["compact", "document"]
"""``compact`` compares two pictures tile by tile; ``document`` looks at the whole view at once."""

QuantizeMethod = Literal["qat", "ptq"]
"""``qat`` trains on with the rounding in place; ``ptq`` only measures ranges."""


@dataclass(frozen=True, slots=True)
class DataRecipe:
    """The ``[data]`` table: the painted pairs.

    Attributes:
        pairs: How many to train on.
        validation_pairs: How many to choose by, of other backgrounds than the former.
        size_px: Side of a pair, in pixels.
        changed_share: Share of the pairs that show a change, in ``[0, 1]``.
        scanned_share: Share of the pairs that are prints, scanned in black and white.
        min_change_px: Smallest side of a compact change, in pixels.
        max_change_px: Largest side of a compact change, in pixels; at most ``size_px``.
        footage: Folder with your own pictures and recordings, used as backgrounds;
            ``None`` for those of the package alone.
    """

    pairs: int = 48_000
    validation_pairs: int = 1_500
    size_px: int = 128
    changed_share: float = 0.75
    scanned_share: float = 0.1
    min_change_px: int = 3
    max_change_px: int = 100
    footage: Path | None = None


@dataclass(frozen=True, slots=True)
class NetworkRecipe:
    """The ``[network]`` table.

    Attributes:
        name: Which network.
        channels: Channels of the encoder at strides 2, 4, 8 and so on; each a multiple
            of 4, and not fewer than before.
        fuse_channels: Channels of what is compared, and of the decoder, at the same
            strides; the same rules.
    """

    name: NetworkName = "compact"
    channels: tuple[int, ...] = (12, 24, 40, 64, 96)
    fuse_channels: tuple[int, ...] = (12, 24, 40, 64, 96)

    @property
    def coarsest(self) -> int:
        """The largest stride: sides of what ``compact`` sees are multiples of it."""
        return 1 << len(self.channels)


@dataclass(frozen=True, slots=True)
class TrainRecipe:
    """The ``[train]`` table. The optimizer is Adam.

    Attributes:
        epochs: Most times that all pairs are seen.
        batch: Pairs per step.
        learning_rate: Its highest value; it falls along a cosine after the warm-up.
        warmup_steps: Steps in which the learning rate rises from zero.
        patience: Epochs without a better validation loss before training stops.
        overlap_weight: Weight of the overlap loss beside the cross-entropy, in ``[0, 1]``.
    """

    epochs: int = 6
    batch: int = 32
    learning_rate: float = 2e-3
    warmup_steps: int = 200
    patience: int = 3
    overlap_weight: float = 0.5


@dataclass(frozen=True, slots=True)
class PruneRecipe:
    """The ``[prune]`` table.

    Attributes:
        share: Share of the channels to cut, in ``[0, 0.8]``; 0 leaves the network as it is.
        epochs: Times that all pairs are seen afterwards.
        learning_rate: Highest learning rate afterwards.
    """

    share: float = 0.06
    epochs: int = 2
    learning_rate: float = 1e-3


@dataclass(frozen=True, slots=True)
class QuantizeRecipe:
    """The ``[quantize]`` table.

    Attributes:
        method: Quantization-aware training, or post-training quantization.
        epochs: Times that all pairs are seen with the rounding in place; ``qat`` only.
        learning_rate: Highest learning rate meanwhile; ``qat`` only.
        calibration_pairs: Training pairs by which ranges are measured.
    """

    method: QuantizeMethod = "qat"
    epochs: int = 1
    learning_rate: float = 2e-4
    calibration_pairs: int = 256


@dataclass(frozen=True, slots=True)
class TileRecipe:
    """The ``[tile]`` table.

    Attributes:
        size_px: Side of the pictures that the finished model takes; a multiple of 32.
    """

    size_px: int = 256


@dataclass(frozen=True, slots=True)
class LookRecipe:
    """The ``[look]`` table: how a device looks at a view with the finished model.

    Attributes:
        octaves: In how many sizes, each half as large as the one before.
    """

    octaves: int = 3


@dataclass(frozen=True, slots=True)
class GateRecipe:
    """The ``[gate]`` table: what a model must reach to be bundled.

    Attributes:
        min_f1: Least F1 of the int8 model on the validation pairs.
        max_int8_drop: Most F1 that the int8 model may lose against the float one.
        max_model_kb: Largest int8 file, in units of 1000 bytes.
    """

    min_f1: float = 0.5
    max_int8_drop: float = 0.01
    max_model_kb: int = 600


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole recipe, valid.

    Attributes:
        name: The model's name, ``[a-z0-9_-]{1,32}``.
        version: The model's version, such as ``1`` or ``2.1``.
        seed: What everything random starts from.
        data: The painted pairs.
        preprocess: What pictures go through before a network sees them.
        network: The network.
        train: Training.
        prune: Cutting channels.
        quantize: From float to int8.
        tile: The finished model's input.
        look: How a device uses it.
        gate: What it must reach.
    """

    name: str
    version: str = "1"
    seed: int = 0
    data: DataRecipe = DataRecipe()
    preprocess: Preprocess = field(default_factory=Preprocess)
    network: NetworkRecipe = NetworkRecipe()
    train: TrainRecipe = TrainRecipe()
    prune: PruneRecipe = PruneRecipe()
    quantize: QuantizeRecipe = QuantizeRecipe()
    tile: TileRecipe = TileRecipe()
    look: LookRecipe = LookRecipe()
    gate: GateRecipe = GateRecipe()

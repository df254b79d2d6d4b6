"""The tables of a recipe, one reader each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, get_args

from convert.recipe.settings import (
    DataRecipe,
    GateRecipe,
    LookRecipe,
    NetworkName,
    NetworkRecipe,
    PruneRecipe,
    QuantizeMethod,
    QuantizeRecipe,
    Recipe,
    TileRecipe,
    TrainRecipe,
)
from edge.config.device import NAME, NAME_RULE
from edge.types import MOST_OCTAVES, Denoise, Enhance, Preprocess

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TypeGuard

    from edge.config.table import Table

MAX_PAIRS = 1_000_000
MAX_CHANNELS = 256
CHANNEL_STEP = 4
SCALES = (2, 5)

_VERSION = r"[0-9A-Za-z][0-9A-Za-z._+-]{0,31}"
_VERSION_RULE = 'must be 1 to 32 letters, digits and . _ + -, such as "1" or "2.1"'
_CHANNELS_RULE = (
    f"must be {SCALES[0]} to {SCALES[1]} whole numbers, multiples of {CHANNEL_STEP} from {CHANNEL_STEP} to"
    f" {MAX_CHANNELS}, none below the one before, such as [16, 24, 32, 48, 64]"
)


def read_recipe(top: Table, folder: Path) -> Recipe:
    """Read every table; all but ``recipe.name`` may be left out.

    Args:
        top: The whole file.
        folder: From where a relative ``footage`` counts.
    """
    about = top.table("recipe")
    name = about.text("name", "", pattern=NAME, rule=NAME_RULE)
    if not about.has("name"):
        about.fault("name", "missing; " + NAME_RULE)
    version = about.text("version", "1", pattern=_VERSION, rule=_VERSION_RULE)
    seed = about.integer("seed", 0, low=0, high=999_999_999)
    about.finish()
    tile = _tile(top.table("tile"))
    network = _network(top.table("network"))
    data = _data(top.table("data"), folder, network, tile)
    return Recipe(
        name=name,
        version=version,
        seed=seed,
        data=data,
        preprocess=_preprocess(top.table("preprocess")),
        network=network,
        train=_train(top.table("train"), data),
        prune=_prune(top.table("prune")),
        quantize=_quantize(top.table("quantize"), data),
        tile=tile,
        look=_look(top.table("look")),
        gate=_gate(top.table("gate")),
    )


def _tile(table: Table) -> TileRecipe:
    size = table.integer("size_px", TileRecipe().size_px, low=64, high=1024, unit="pixels")
    if size % 32:
        table.fault("size_px", f"must be a multiple of 32, such as {size // 32 * 32}")
    table.finish()
    return TileRecipe(size)


def _look(table: Table) -> LookRecipe:
    octaves = table.integer("octaves", LookRecipe().octaves, low=1, high=MOST_OCTAVES)
    table.finish()
    return LookRecipe(octaves)


def _network(table: Table) -> NetworkRecipe:
    usual = NetworkRecipe()
    name = table.choice("name", usual.name, get_args(NetworkName))
    channels = _channels(table, "channels", usual.channels)
    fuse = _channels(table, "fuse_channels", usual.fuse_channels)
    if channels and fuse and len(channels) != len(fuse):
        table.fault("fuse_channels", f"must be as many numbers as channels, which are {len(channels)}")
    table.finish()
    return NetworkRecipe(name, channels or usual.channels, fuse or usual.fuse_channels)


def _channels(table: Table, key: str, usual: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return what stands at a key; ``None`` where that is no good."""
    if not table.has(key):
        return usual
    given = table.given(key)
    if _are_channels(given):
        return tuple(given)
    table.fault(key, _CHANNELS_RULE)
    return None


def _are_channels(given: object) -> TypeGuard[list[int]]:
    return (
        isinstance(given, list)
        and SCALES[0] <= len(given) <= SCALES[1]
        and all(isinstance(item, int) and not isinstance(item, bool) for item in given)
        and all(CHANNEL_STEP <= item <= MAX_CHANNELS and item % CHANNEL_STEP == 0 for item in given)
        and given == sorted(given)
    )


def _data(table: Table, folder: Path, network: NetworkRecipe, tile: TileRecipe) -> DataRecipe:
    usual = DataRecipe()
    data = DataRecipe(
        pairs=table.integer("pairs", usual.pairs, low=8, high=MAX_PAIRS),
        validation_pairs=table.integer("validation_pairs", usual.validation_pairs, low=4, high=MAX_PAIRS),
        size_px=table.integer("size_px", usual.size_px, low=32, high=1024, unit="pixels"),
        changed_share=table.number("changed_share", usual.changed_share, low=0, high=1),
        scanned_share=table.number("scanned_share", usual.scanned_share, low=0, high=1),
        min_change_px=table.integer("min_change_px", usual.min_change_px, low=1, high=1024, unit="pixels"),
        max_change_px=table.integer("max_change_px", usual.max_change_px, low=1, high=1024, unit="pixels"),
        footage=table.path("footage", folder),
    )
    if not data.changed_share:
        table.fault("changed_share", "must be above 0: nothing is learned, or chosen, where nothing changes")
    if data.size_px % network.coarsest:
        step = network.coarsest
        table.fault("size_px", f"must be a multiple of {step}, such as {max(1, data.size_px // step) * step}")
    if network.name == "document" and data.size_px != tile.size_px:
        table.fault(
            "size_px",
            f"the document network looks at whole views: write tile.size_px = {tile.size_px} here too",
        )
    if data.min_change_px > data.max_change_px:
        table.fault("min_change_px", f"must not be above max_change_px, {data.max_change_px}")
    if data.max_change_px > data.size_px:
        table.fault("max_change_px", f"must not be above size_px, {data.size_px}")
    if data.footage is not None and not os.path.isdir(data.footage):  # noqa: PTH112 - Path.is_dir() raises
        table.fault("footage", "no such folder")
    table.finish()
    return data


def _preprocess(table: Table) -> Preprocess:
    enhance = table.choice("enhance", Enhance.NONE.value, [word.value for word in Enhance])
    denoise = table.choice("denoise", Denoise.NONE.value, [word.value for word in Denoise])
    table.finish()
    return Preprocess(Enhance(enhance), Denoise(denoise))


def _rate(table: Table, usual: float) -> float:
    return table.number("learning_rate", usual, low=1e-7, high=1)


def _epochs(table: Table, usual: int, *, low: int) -> int:
    return table.integer("epochs", usual, low=low, high=1000)


def _train(table: Table, data: DataRecipe) -> TrainRecipe:
    usual = TrainRecipe()
    train = TrainRecipe(
        epochs=_epochs(table, usual.epochs, low=1),
        batch=table.integer("batch", usual.batch, low=1, high=1024),
        learning_rate=_rate(table, usual.learning_rate),
        warmup_steps=table.integer("warmup_steps", usual.warmup_steps, low=0, high=100_000),
        patience=table.integer("patience", usual.patience, low=1, high=1000),
        overlap_weight=table.number("overlap_weight", usual.overlap_weight, low=0, high=1),
    )
    if train.batch > data.pairs:
        table.fault("batch", f"must not be above data.pairs, {data.pairs}")
    elif train.warmup_steps >= (steps := train.epochs * (data.pairs // train.batch)):
        table.fault("warmup_steps", f"the warm-up must end before the training, which has {steps} steps")
    table.finish()
    return train


def _prune(table: Table) -> PruneRecipe:
    usual = PruneRecipe()
    prune = PruneRecipe(
        share=table.number("share", usual.share, low=0, high=0.8),
        epochs=_epochs(table, usual.epochs, low=0),
        learning_rate=_rate(table, usual.learning_rate),
    )
    table.finish()
    return prune


def _quantize(table: Table, data: DataRecipe) -> QuantizeRecipe:
    usual = QuantizeRecipe()
    quantize = QuantizeRecipe(
        method=table.choice("method", usual.method, get_args(QuantizeMethod)),
        epochs=_epochs(table, usual.epochs, low=0),
        learning_rate=_rate(table, usual.learning_rate),
        calibration_pairs=table.integer("calibration_pairs", usual.calibration_pairs, low=1, high=10_000),
    )
    if quantize.calibration_pairs > data.pairs:
        table.fault("calibration_pairs", f"must not be above data.pairs, {data.pairs}")
    table.finish()
    return quantize


def _gate(table: Table) -> GateRecipe:
    usual = GateRecipe()
    gate = GateRecipe(
        min_f1=table.number("min_f1", usual.min_f1, low=0, high=1),
        max_int8_drop=table.number("max_int8_drop", usual.max_int8_drop, low=0, high=1),
        max_model_kb=table.integer("max_model_kb", usual.max_model_kb, low=1, high=1_000_000, unit="kB"),
    )
    table.finish()
    return gate

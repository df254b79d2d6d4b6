"""Is a pruned network better than the same small network trained from scratch?

For each seed, on the same pairs and in the same number of steps: a network that
is trained, pruned and trained on; one of the widths that are left, trained from
the start; and the unpruned one. Source of the question: Liu et al. 2019, "Rethinking
the value of network pruning", arXiv:1810.05270.

Takes hours at a size that tells something, so it does nothing without arguments:
    python benchmarks/pruning.py --out out/pruning --pairs 8000 --epochs 4 --prune-epochs 2
Started again, it goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from convert.pipeline.progress import Progress
from convert.pipeline.stage import StageContext
from convert.recipe import DataRecipe, NetworkRecipe, PruneRecipe, Recipe, TrainRecipe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convert.models.compact import Widths

DONE = "done.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One network of one seed.

    Attributes:
        seed: Of the training.
        way: How it came about.
        parameters: How many it has.
        macs: Multiply-accumulates for a pair of 256 x 256 pixels.
        val_loss: What its best epoch reached on the validation pairs.
        val_f1: The same.
    """

    seed: int
    way: str
    parameters: int
    macs: int
    val_loss: float
    val_f1: float


def main() -> int:
    """Train, print a table, and write ``pruning.json``."""
    if len(sys.argv) == 1:
        print(__doc__)
        return 0
    args = _arguments()
    recipe = _recipe(args)
    pairs = _painted(recipe, args.out / "synth")
    rows = [
        row for seed in range(args.seeds) for row in _rows(recipe, seed, pairs, args.out / f"seed-{seed}")
    ]
    table = [f"{'way':<24}{'parameters':>12}{'MMAC':>8}{'val loss':>20}{'val F1':>20}"]
    for way in dict.fromkeys(row.way for row in rows):
        these = [row for row in rows if row.way == way]
        sizes = f"{_mean(these, 'parameters'):>12.0f}{_mean(these, 'macs') / 1e6:>8.1f}"
        table.append(f"{way:<24}{sizes}{_spread(these, 'val_loss'):>20}{_spread(these, 'val_f1'):>20}")
    print(*table, sep="\n")
    told = {"recipe": asdict(recipe), "rows": [asdict(row) for row in rows]}
    (args.out / "pruning.json").write_text(json.dumps(told, indent=1, default=str), encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    usual = Recipe("pruning")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seeds", type=int, default=3, metavar="N")
    parser.add_argument("--pairs", type=int, default=usual.data.pairs, metavar="N")
    parser.add_argument("--validation-pairs", type=int, default=usual.data.validation_pairs, metavar="N")
    parser.add_argument("--size-px", type=int, default=usual.data.size_px, metavar="N")
    parser.add_argument("--epochs", type=int, default=usual.train.epochs, metavar="N")
    parser.add_argument("--prune-epochs", type=int, default=usual.prune.epochs, metavar="N")
    parser.add_argument("--share", type=float, default=usual.prune.share)
    parser.add_argument("--channels", type=int, nargs="+", default=usual.network.channels, metavar="N")
    parser.add_argument(
        "--fuse-channels", type=int, nargs="+", default=usual.network.fuse_channels, metavar="N"
    )
    return parser.parse_args()


def _recipe(args: argparse.Namespace) -> Recipe:
    sizes = DataRecipe(
        args.pairs, args.validation_pairs, args.size_px, max_change_px=min(64, args.size_px // 2)
    )
    return Recipe(
        "pruning",
        data=sizes,
        network=NetworkRecipe(channels=tuple(args.channels), fuse_channels=tuple(args.fuse_channels)),
        train=TrainRecipe(epochs=args.epochs, patience=args.epochs),
        prune=PruneRecipe(share=args.share, epochs=args.prune_epochs),
    )


def _painted(recipe: Recipe, folder: Path) -> Path:
    from convert.data.stage import run  # noqa: PLC0415 - not needed to say what this is

    if not (folder / DONE).exists():
        told = run(_context(recipe, 0, folder, {}))
        (folder / DONE).write_text(json.dumps(told), encoding="utf-8")
    return folder


def _rows(recipe: Recipe, seed: int, pairs: Path, folder: Path) -> list[Row]:
    """Return the three networks of one seed."""
    from convert.models.compact import Widths  # noqa: PLC0415 - the same
    from convert.training import prune, train  # noqa: PLC0415 - TensorFlow takes seconds

    train.run(_context(recipe, seed, folder / "train", {"synth": pairs}))
    inputs = {"synth": pairs, "train": folder / "train"}
    pruned = prune.run(_context(recipe, seed, folder / "prune", inputs))
    left = Widths(json.loads((folder / "prune" / "widths.json").read_text(encoding="utf-8"))["after"])
    whole = Widths.regular(recipe.network.channels, recipe.network.fuse_channels)
    epochs = recipe.train.epochs + recipe.prune.epochs
    longer = replace(recipe, train=replace(recipe.train, epochs=epochs, patience=epochs))
    return [
        Row(
            seed,
            "pruned, trained on",
            *(int(str(pruned[name])) for name in ("parameters", "macs")),
            *(float(str(pruned[name])) for name in ("val_loss", "val_f1")),
        ),
        _straight(longer, seed, left, "the same from scratch", folder / "scratch", pairs),
        _straight(longer, seed, whole, "unpruned", folder / "unpruned", pairs),
    ]


def _straight(recipe: Recipe, seed: int, widths: Widths, way: str, folder: Path, pairs: Path) -> Row:
    """Train widths in one go."""
    import keras  # noqa: PLC0415 - takes seconds

    from convert.models import floating  # noqa: PLC0415 - the same
    from convert.models.channels import macs  # noqa: PLC0415 - the same
    from convert.training.fitting import Plan, fit  # noqa: PLC0415 - the same

    keras.utils.set_random_seed(seed)
    model = floating(widths)
    plan = Plan(
        recipe.train.epochs, recipe.train.learning_rate, recipe.train.warmup_steps, recipe.train.patience
    )
    history = fit(_context(recipe, seed, folder, {}), model, plan, pairs=pairs)
    best = min(history, key=lambda epoch: epoch.val_loss)
    return Row(seed, way, model.count_params(), macs(widths, 256), best.val_loss, best.val_f1)


def _context(recipe: Recipe, seed: int, folder: Path, inputs: Mapping[str, Path]) -> StageContext:
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir(parents=True, exist_ok=True)
    progress = Progress(sys.stderr)
    progress.started(str(folder), f"seed {seed}")
    return StageContext(folder.name, recipe, seed, inputs, folder, checkpoints, progress, lambda: False)


def _mean(rows: list[Row], name: str) -> float:
    return statistics.fmean(getattr(row, name) for row in rows)


def _spread(rows: list[Row], name: str) -> str:
    values = [getattr(row, name) for row in rows]
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.fmean(values):.4f} +- {deviation:.4f}"


if __name__ == "__main__":
    raise SystemExit(main())

"""Stages that do next to nothing, and tell how often and from where they did it."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from convert.commands.build import run
from convert.pipeline.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convert.pipeline.stage import StageContext

HERE = "tests.convert.pipeline.pretend_stages"
STEPS = 30
STEP_S = 1.0 if "slowly" in sys.argv else 0.01  # slow enough to be caught in the middle of it
COUNT = "count"
STEPS_DONE = "steps.txt"


def paint(context: StageContext) -> Mapping[str, object]:
    """Write as many lines as the recipe wants pairs."""
    (context.partial / "pairs.txt").write_text("pair\n" * context.recipe.data.pairs, encoding="utf-8")
    return {"pairs": context.recipe.data.pairs, "seed": context.seed}


def learn(context: StageContext) -> Mapping[str, object]:
    """Sum up what was painted, as often as the recipe wants epochs."""
    pairs = (context.inputs["paint"] / "pairs.txt").read_text(encoding="utf-8")
    (context.partial / "model.txt").write_text(
        f"{len(pairs)} {context.recipe.train.epochs}", encoding="utf-8"
    )
    return {"loss": 0.25, "checkpoints": sorted(path.name for path in context.checkpoints.iterdir())}


def shrink(context: StageContext) -> Mapping[str, object]:
    """Make the same, whatever the method."""
    model = (context.inputs["learn"] / "model.txt").read_text(encoding="utf-8")
    (context.partial / "small.txt").write_text(model, encoding="utf-8")
    return {"bytes": len(model)}


def judge(context: StageContext) -> Mapping[str, object]:
    """Pass if the recipe asks for little."""
    return {"passed": context.recipe.gate.min_f1 < 0.9}


def wrap(context: StageContext) -> Mapping[str, object]:
    """Make what looks like a bundle."""
    (context.partial / "bundle").mkdir()
    (context.partial / "bundle" / "contract.json").write_text(context.recipe.version, encoding="utf-8")
    return {}


def count(context: StageContext) -> Mapping[str, object]:
    """Take small steps, each with a checkpoint; append each to a file."""
    checkpoint = context.checkpoints / COUNT
    began_at = int(checkpoint.read_text(encoding="utf-8")) if checkpoint.exists() else 0
    for step in range(began_at, STEPS):
        with (context.partial / STEPS_DONE).open("a", encoding="utf-8") as file:
            file.write(f"{step}\n")
        unfinished = checkpoint.with_suffix(".new")
        unfinished.write_text(str(step + 1), encoding="utf-8")
        unfinished.replace(checkpoint)
        context.progress.step(step + 1, STEPS, loss=1 / (step + 1))
        context.give_way()
        time.sleep(STEP_S)
    return {"began_at": began_at}


def turn_a_deaf_ear(context: StageContext) -> Mapping[str, object]:
    """Work for a minute without looking whether to stop."""
    (context.partial / STEPS_DONE).touch()
    time.sleep(60)
    return {}


def fill_the_disk(_context: StageContext) -> Mapping[str, object]:
    """Fail as a write to a full disk does."""
    raise OSError(28, os.strerror(28))


def want_a_library(_context: StageContext) -> Mapping[str, object]:
    """Fail as an import of what is not installed does."""
    name = "a_framework"
    msg = f"No module named {name!r}"
    raise ModuleNotFoundError(msg, name=f"{name}.layers")


def want_a_module_of_ours(_context: StageContext) -> Mapping[str, object]:
    """Fail as an import does that names a module we do not have."""
    name = "convert.no_such_module"
    msg = f"No module named {name!r}"
    raise ModuleNotFoundError(msg, name=name)


PAINT = Stage("paint", "paint", f"{HERE}:paint", tables=("data",), footage=True, gives=("pairs.txt",))
LEARN = Stage("learn", "learn", f"{HERE}:learn", needs=("paint",), tables=("train",))
SHRINK = Stage("shrink", "shrink", f"{HERE}:shrink", needs=("learn",), tables=("quantize",))
JUDGE = Stage("judge", "judge", f"{HERE}:judge", needs=("shrink",), tables=("gate",), decides=True)
WRAP = Stage("bundle", "wrap up", f"{HERE}:wrap", needs=("shrink", "judge"), tables=("recipe",))
TABLE = (PAINT, LEARN, SHRINK, JUDGE, WRAP)
COUNTING = (Stage("count", "count", f"{HERE}:count"),)
DEAF = (Stage("deaf", "work", f"{HERE}:turn_a_deaf_ear"),)


def arguments(work: Path | None, **others: object) -> Namespace:
    """Return what the command line gives for ``build --recipe smoke --work WORK``."""
    usual: dict[str, object] = {
        "command": "build",
        "recipe": "smoke",
        "footage": None,
        "json": False,
        "quiet": False,
        "until": None,
        "force": [],
        "out": None,
    }
    return Namespace(**{**usual, "work": work, **others})


if __name__ == "__main__":
    sys.exit(run(arguments(Path(sys.argv[1])), DEAF if "deaf" in sys.argv else COUNTING))

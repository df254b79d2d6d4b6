"""What stages are handed, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from convert.pipeline.progress import Progress
from convert.pipeline.stage import StageContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from convert.recipe import Recipe

KERAS = [
    pytest.mark.tensorflow,
    # TensorFlow's variables are a little behind numpy 2.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]
"""Marks of tests that train."""


def never() -> bool:
    """Nobody asks to stop."""
    return False


def at_question(number: int) -> Callable[[], bool]:
    """Return somebody who asks to stop when asked for the ``number``-th time, counted from 1."""
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) >= number

    return stop


def context_of(
    recipe: Recipe,
    folder: Path,
    *,
    seed: int = 0,
    inputs: Mapping[str, Path] | None = None,
    stop: Callable[[], bool] = never,
) -> StageContext:
    """Return the context of a stage that writes to ``folder``."""
    checkpoints = folder / "checkpoints"
    checkpoints.mkdir(parents=True, exist_ok=True)
    return StageContext(
        stage=folder.name,
        recipe=recipe,
        seed=seed,
        inputs=inputs or {},
        partial=folder,
        checkpoints=checkpoints,
        progress=Progress(),
        stop=stop,
    )

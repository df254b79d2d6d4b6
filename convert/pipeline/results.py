"""What came of stages, and a table of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convert.pipeline.files import read_json
from convert.pipeline.progress import duration
from edge.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PASSED = "passed"
FIGURES = "figures.json"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one stage.

    Attributes:
        stage: Its name.
        folder: Where its files are.
        ran: Whether it ran just now; else its files were there and up to date.
        wall_s: Seconds that it took, now or then.
        figures: What it found out.
        passed: Whether the stages after it may go on with what it made.
    """

    stage: str
    folder: Path
    ran: bool
    wall_s: float
    figures: Mapping[str, object]
    passed: bool


def figures_of(folder: Path) -> dict[str, object]:
    """Return what a finished stage found out.

    Raises:
        StorageError: It cannot be read.
    """
    path = folder / FIGURES
    try:
        return read_json(path)
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read ({error}); run `stillwatch-convert {folder.name}` again"
        raise StorageError(msg) from error


def summary(results: Sequence[Result]) -> str:
    """Return a table for people: what came of each stage, and its figures."""
    lines = []
    for result in results:
        took = duration(result.wall_s) if result.ran else "up to date"
        figures = [
            f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
            for name, value in result.figures.items()
            if isinstance(value, (str, int, float))
        ]
        lines.append(f"{result.stage:<9} {took:>13}  {', '.join(figures)}".rstrip())
    return "\n".join(lines)

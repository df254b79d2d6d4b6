"""Golden pairs: pictures that come with a network and its answer to them.

A machine that computes something else would watch and see nothing, or everything.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from edge.core.quant import INT8_MAX, INT8_MIN, dequantize, logistic
from edge.errors import ModelError
from edge.vision.encoded import MAX_BYTES, decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.ports import Engine
    from edge.types import Affine, Pixels, ScoreMap

FOLDER = "golden"
INDEX = "golden.json"
MOST_PAIRS = 64
MOST_OFF = 0.01
"""Share of the scores that may be further off than the tolerance."""

_NAME = r"[a-z0-9_]{1,32}"
_MAX_INDEX_BYTES = 65_536
_SLACK = 1e-4
"""Of a score: single precision, several times."""

_FIX = "copy the bundle again, or install stillwatch again"


def verify(folder: Path, engine: Engine, affine: Affine) -> int:
    """Compare an engine's answers with those of the machine that its bundle was built on.

    Args:
        folder: The bundle.
        engine: It, loaded.
        affine: How the bundle's int8 file stores its score.

    Returns:
        How many pairs were compared; 0 where the bundle has none.

    Raises:
        ModelError: The pairs are damaged, or the engine answers something else.
        EngineError: The engine failed.
    """
    golden = folder / FOLDER
    if not golden.exists():
        return 0
    count = 0
    names, tolerance = _index(golden)
    for name, reference, current, stored in _pairs(golden, names):
        score = cast("ScoreMap", engine.run({"reference": reference, "current": current})["score"])
        off = _share_off(score, stored, affine, tolerance)
        if off > MOST_OFF:
            msg = (
                f"golden pair {name}: {off:.1%} of the scores are not what they should be, so this machine"
                f" computes something else, or the model is damaged; {_FIX}"
            )
            raise ModelError(msg)
        count += 1
    return count


def _share_off(score: ScoreMap, stored: NDArray[np.int8], affine: Affine, tolerance: int) -> float:
    """Return the share of the scores outside what the tolerance, in stored steps, allows."""
    lowest, highest = (_expected(stored, steps, affine, score.shape) for steps in (-tolerance, tolerance))
    return float(np.mean((score < lowest - _SLACK) | (score > highest + _SLACK)))


def _expected(stored: NDArray[np.int8], steps: int, affine: Affine, shape: tuple[int, ...]) -> ScoreMap:
    """Return the score map, float32 of a shape, of a stored answer that is some steps off."""
    moved = np.clip(stored.astype(np.int16) + steps, INT8_MIN, INT8_MAX).astype(np.int8)
    score = logistic(dequantize(moved, affine))
    return cast("ScoreMap", cv2.resize(score, shape[1::-1], interpolation=cv2.INTER_LINEAR))


def _index(golden: Path) -> tuple[list[str], int]:
    """Return the names of the pairs, and the tolerance in stored steps."""
    path = golden / INDEX
    try:
        index = json.loads(_bytes(path, at_most=_MAX_INDEX_BYTES))
        names, tolerance = index["pairs"], index["tolerance_lsb"]
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path}: damaged ({error}); {_FIX}"
        raise ModelError(msg) from error
    if (
        not isinstance(names, list)
        or not 1 <= len(names) <= MOST_PAIRS
        or not all(isinstance(name, str) and re.fullmatch(_NAME, name) for name in names)
        or not isinstance(tolerance, int)
        or not 0 <= tolerance <= INT8_MAX
    ):
        msg = f"{path}: its names or its tolerance make no sense; {_FIX}"
        raise ModelError(msg)
    return names, tolerance


def _pairs(golden: Path, names: list[str]) -> Iterator[tuple[str, Pixels, Pixels, NDArray[np.int8]]]:
    for name in names:
        reference, current, score = (
            _picture(golden / f"{name}_{part}.png") for part in ("reference", "current", "score")
        )
        yield name, reference, current, (score[..., 0].astype(np.int16) + INT8_MIN).astype(np.int8)


def _picture(path: Path) -> Pixels:
    try:
        return decoded(_bytes(path, at_most=MAX_BYTES))
    except ValueError as error:
        msg = f"{path}: {error}; {_FIX}"
        raise ModelError(msg) from error


def _bytes(path: Path, *, at_most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(at_most + 1)
    except OSError as error:
        msg = f"{path}: {error.strerror or error}; {_FIX}"
        raise ModelError(msg) from error
    if len(content) > at_most:
        msg = f"{path}: longer than {at_most} bytes; {_FIX}"
        raise ModelError(msg)
    return content

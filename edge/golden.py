"""Golden pairs: pictures that come with a network and its answer to them.

A machine that computes something else would watch and see nothing, or everything.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from edge.core.quant import INT8_MAX, INT8_MIN, dequantize, logistic
from edge.errors import ModelError
from edge.files import content_of
from edge.types import MOST_OCTAVES
from edge.vision.encoded import MAX_BYTES, decoded
from edge.vision.octaves import joined

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
    index = _index(golden)
    tolerance = index.tolerance
    for name, reference, current, stored in _pairs(golden, index):
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
    lowest, highest = (
        expected(stored, affine, score.shape, steps=steps) for steps in (-tolerance, tolerance)
    )
    return float(np.mean((score < lowest - _SLACK) | (score > highest + _SLACK)))


def expected(stored: NDArray[np.int8], affine: Affine, shape: tuple[int, ...], *, steps: int = 0) -> ScoreMap:
    """Return the score map that a device makes of a stored answer.

    Args:
        stored: int8 ``(octaves, h, w)``: for the picture in each size, through a window of
            the full one.
        affine: How it is stored.
        shape: Of the map, rows and columns.
        steps: By how many stored steps another machine's answer is off.

    Returns:
        float32 of the shape, in ``[0, 1]``.
    """
    moved = np.clip(stored.astype(np.int16) + steps, INT8_MIN, INT8_MAX).astype(np.int8)
    logits = []
    for octave, answer in enumerate(dequantize(moved, affine)):
        whole = cast("ScoreMap", cv2.resize(answer, shape[1::-1], interpolation=cv2.INTER_LINEAR))
        logits.append(whole[: shape[0] >> octave, : shape[1] >> octave])
    return logistic(joined(logits))


@dataclass(frozen=True, slots=True)
class _Index:
    """What is there.

    Attributes:
        names: Of the pairs.
        tolerance: In stored steps.
        octaves: In how many sizes each was looked at.
    """

    names: list[str]
    tolerance: int
    octaves: int


def _index(golden: Path) -> _Index:
    path = golden / INDEX
    try:
        index = json.loads(content_of(path, at_most=_MAX_INDEX_BYTES))
        octaves = _within(index.get("octaves", 1), "octaves", low=1, high=MOST_OCTAVES)
        tolerance = _within(index["tolerance_lsb"], "tolerance_lsb", low=0, high=INT8_MAX)
        return _Index(_names(index["pairs"]), tolerance, octaves)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        msg = f"{path}: no golden pairs, or damaged ones ({error}); {_FIX}"
        raise ModelError(msg) from error


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_PAIRS:
        msg = f"pairs must be 1 to {MOST_PAIRS} names"
        raise ValueError(msg)
    for name in value:
        if not isinstance(name, str) or not re.fullmatch(_NAME, name):
            msg = f"{name!r} is no name"
            raise ValueError(msg)
    return value


def _within(value: object, name: str, *, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        msg = f"{name} must be a whole number from {low} to {high}"
        raise ValueError(msg)
    return value


def _pairs(golden: Path, index: _Index) -> Iterator[tuple[str, Pixels, Pixels, NDArray[np.int8]]]:
    for name in index.names:
        reference, current, score = (
            _picture(golden / f"{name}_{part}.png") for part in ("reference", "current", "score")
        )
        if score.shape[0] % index.octaves:
            msg = f"{golden / name}_score.png: not {index.octaves} answers, one below the other; {_FIX}"
            raise ModelError(msg)
        rows = (score[..., 0].astype(np.int16) + INT8_MIN).astype(np.int8)
        yield name, reference, current, rows.reshape(index.octaves, -1, rows.shape[1])


def _picture(path: Path) -> Pixels:
    try:
        return decoded(content_of(path, at_most=MAX_BYTES))
    except OSError as error:
        msg = f"{path}: {error.strerror or error}; {_FIX}"
        raise ModelError(msg) from error
    except ValueError as error:
        msg = f"{path}: {error}; {_FIX}"
        raise ModelError(msg) from error

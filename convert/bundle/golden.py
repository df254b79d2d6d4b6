"""Golden pairs: pictures and the answer to them, by which any machine can check itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.bundle.folder import read_bundle, read_file
from convert.evaluate.writing import write_bytes
from convert.pipeline.files import read_json, write_json
from edge import app
from edge.core.quant import INT8_MAX, INT8_MIN, dequantize, logistic
from edge.errors import EngineError, ModelError
from edge.vision.encoded import decoded, encoded
from edge.vision.preprocess import prepared

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from convert.tflite import Tflite
    from edge.types import Affine, Pixels, Preprocess, ScoreMap

FOLDER = "golden"
INDEX = "golden.json"
VERSION = 1
TOLERANCE_LSB = 8
"""Steps of the stored logit by which processors may differ: each rounds a little differently,
and a difference of one step early in the network grows."""

MOST_OFF = 0.01
"""Share of the scores that may differ by more."""

MOST_PAIRS = 64
_NAME = r"[a-z0-9_]{1,32}"
_SLACK = 1e-4
"""Of a score: single precision, several times."""

_FIX = "build the bundle again, or copy it again"


@dataclass(frozen=True, slots=True, eq=False)
class GoldenPair:
    """A pair and the answer to it.

    Attributes:
        name: What it shows, for people and for its files.
        reference: uint8 ``(S, S, 3)``.
        current: The same.
        stored: The score tensor of the int8 file, ``(h, w)``.
    """

    name: str
    reference: Pixels
    current: Pixels
    stored: NDArray[np.int8]


def answered(
    network: Tflite, pairs: list[tuple[str, Pixels, Pixels]], preprocess: Preprocess
) -> list[GoldenPair]:
    """Return pairs with a network's answers."""
    found = []
    for name, reference, current in pairs:
        stored = cast("NDArray[np.int8]", network.stored(*prepared(reference, current, preprocess)))
        found.append(GoldenPair(name, reference, current, _flat(stored)))
    return found


def write(folder: Path, pairs: list[GoldenPair]) -> None:
    """Write golden pairs into a bundle.

    Raises:
        StorageError: The disk refuses.
    """
    golden = folder / FOLDER
    golden.mkdir(parents=True, exist_ok=True)
    for pair in pairs:
        write_bytes(golden / f"{pair.name}_reference.png", encoded(pair.reference))
        write_bytes(golden / f"{pair.name}_current.png", encoded(pair.current))
        _, content = cv2.imencode(".png", (pair.stored.astype(np.int16) - INT8_MIN).astype(np.uint8))
        write_bytes(golden / f"{pair.name}_score.png", content.tobytes())
    names = [pair.name for pair in pairs]
    write_json(golden / INDEX, {"v": VERSION, "tolerance_lsb": TOLERANCE_LSB, "pairs": names})


def verify(folder: Path) -> list[str]:
    """Run a bundle's golden pairs on this machine, as a device does.

    Args:
        folder: The bundle.

    Returns:
        A sentence for each thing that is wrong; none when it answers as it did
        where it was built.
    """
    try:
        bundle = read_bundle(folder)
        (file,) = (file for file in bundle.files if file.delegate == "cpu")
        affine = file.outputs[0].affine
        if affine is None:
            return [f"{file.name}: its score is not int8, so the golden pairs say nothing: {_FIX}"]
        engine = app.engine_of(folder, threads=1)
        pairs, tolerance = _read(folder)
    except (ModelError, EngineError) as error:
        return [str(error)]
    faults = []
    for pair in pairs:
        score = cast("ScoreMap", engine.run({"reference": pair.reference, "current": pair.current})["score"])
        off = _share_off(score, pair.stored, affine, tolerance)
        if off > MOST_OFF:
            faults.append(
                f"golden pair {pair.name}: {off:.1%} of the scores are further off than {tolerance} steps of"
                " rounding: this machine computes something else, or the model is damaged"
            )
    return faults


def expected(stored: NDArray[np.int8], affine: Affine, shape: tuple[int, ...]) -> ScoreMap:
    """Return the score map, float32 of a size, that a device makes of a stored answer."""
    score = logistic(dequantize(stored, affine))
    return cast("ScoreMap", cv2.resize(score, shape[1::-1], interpolation=cv2.INTER_LINEAR))


def _share_off(score: ScoreMap, stored: NDArray[np.int8], affine: Affine, tolerance: int) -> float:
    """Return the share of the scores outside what the tolerance allows."""
    lowest, highest = (
        expected(_moved(stored, steps), affine, score.shape) for steps in (-tolerance, tolerance)
    )
    return float(np.mean((score < lowest - _SLACK) | (score > highest + _SLACK)))


def _moved(stored: NDArray[np.int8], steps: int) -> NDArray[np.int8]:
    return cast(
        "NDArray[np.int8]", np.clip(stored.astype(np.int16) + steps, INT8_MIN, INT8_MAX).astype(np.int8)
    )


def _flat(stored: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return an answer ``(1, h, w, 1)`` or ``(1, 1)`` as a picture."""
    return stored.reshape(stored.shape[1:3] if stored.ndim > 2 else (1, 1))  # noqa: PLR2004 - a map has four


def _read(folder: Path) -> tuple[list[GoldenPair], int]:
    """Read a bundle's golden pairs and their tolerance.

    Raises:
        ModelError: They are missing or damaged.
    """
    golden = folder / FOLDER
    try:
        index = read_json(golden / INDEX)
        names, tolerance = index["pairs"], index["tolerance_lsb"]
        if not isinstance(names, list) or not 1 <= len(names) <= MOST_PAIRS:
            msg = f"pairs must be 1 to {MOST_PAIRS} names"
            raise ValueError(msg)  # noqa: TRY301 - one place says where
        if not isinstance(tolerance, int) or not 0 <= tolerance <= INT8_MAX:
            msg = f"tolerance_lsb must be a whole number from 0 to {INT8_MAX}"
            raise ValueError(msg)  # noqa: TRY301 - the same
        return [_pair(golden, name) for name in names], tolerance
    except (OSError, KeyError, ValueError) as error:
        msg = f"{golden / INDEX}: no golden pairs, or damaged ones ({error}): {_FIX}"
        raise ModelError(msg) from error


def _pair(golden: Path, name: object) -> GoldenPair:
    if not isinstance(name, str) or not re.fullmatch(_NAME, name):
        msg = f"{name!r} is no name"
        raise ValueError(msg)
    reference, current, score = (
        decoded(read_file(golden / f"{name}_{part}.png")) for part in ("reference", "current", "score")
    )
    stored = (score[..., 0].astype(np.int16) + INT8_MIN).astype(np.int8)
    return GoldenPair(name, reference, current, stored)

"""Golden pairs: pictures and the answer to them, by which any machine can check itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.evaluate.writing import write_bytes
from convert.pipeline.files import write_json
from edge import app, golden
from edge.bundle_files import read_bundle
from edge.core.quant import INT8_MIN
from edge.errors import EngineError, ModelError
from edge.vision.encoded import encoded
from edge.vision.preprocess import prepared

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from convert.tflite import Tflite
    from edge.types import Pixels, Preprocess

VERSION = 1
TOLERANCE_LSB = 8
"""Steps of the stored logit by which processors may differ: each rounds a little differently,
and a difference of one step early in the network grows."""

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
    place = folder / golden.FOLDER
    place.mkdir(parents=True, exist_ok=True)
    for pair in pairs:
        write_bytes(place / f"{pair.name}_reference.png", encoded(pair.reference))
        write_bytes(place / f"{pair.name}_current.png", encoded(pair.current))
        _, content = cv2.imencode(".png", (pair.stored.astype(np.int16) - INT8_MIN).astype(np.uint8))
        write_bytes(place / f"{pair.name}_score.png", content.tobytes())
    names = [pair.name for pair in pairs]
    write_json(place / golden.INDEX, {"v": VERSION, "tolerance_lsb": TOLERANCE_LSB, "pairs": names})


def verify(folder: Path) -> list[str]:
    """Run a bundle's golden pairs on this machine, as a device does.

    Args:
        folder: The bundle.

    Returns:
        What is wrong, a sentence; nothing when it answers as it did where it was
        built.
    """
    try:
        bundle = read_bundle(folder)
        (file,) = (file for file in bundle.files if file.delegate == "cpu")
        affine = file.outputs[0].affine
        if affine is None:
            return [f"{file.name}: its score is not int8, so the golden pairs say nothing: {_FIX}"]
        engine = app.engine_of(folder, threads=1)
        if not golden.verify(folder, engine, affine):
            return [f"{folder}: no golden pairs: {_FIX}"]
    except (ModelError, EngineError) as error:
        return [str(error)]
    return []


def _flat(stored: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return an answer ``(1, h, w, 1)`` or ``(1, 1)`` as a picture."""
    return stored.reshape(stored.shape[1:3] if stored.ndim > 2 else (1, 1))  # noqa: PLR2004 - a map has four

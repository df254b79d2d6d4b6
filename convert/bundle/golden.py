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
from edge.types import Box
from edge.vision.encoded import encoded
from edge.vision.octaves import in_sizes
from edge.vision.preprocess import prepared
from edge.vision.tiles import Tile, cut

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from convert.tflite import Tflite
    from edge.types import Bundle, Pixels

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
        stored: The score tensor of the int8 file for the pair in each size that a device
            looks at, ``(octaves, h, w)``.
    """

    name: str
    reference: Pixels
    current: Pixels
    stored: NDArray[np.int8]


def answered(network: Tflite, pairs: list[tuple[str, Pixels, Pixels]], bundle: Bundle) -> list[GoldenPair]:
    """Return pairs, of the network's size, with its answers."""
    whole_view = len(network.outputs["score"].shape) == 2  # noqa: PLR2004 - (1, 1)
    found = []
    for name, reference, current in pairs:
        window = Tile(Box(0, 0, *reference.shape[1::-1]), Box(0, 0, 0, 0))
        sizes = in_sizes(
            *prepared(reference, current, bundle.preprocess), 1 if whole_view else bundle.octaves
        )
        stored = [_flat(network.stored(cut(before, window), cut(after, window))) for before, after in sizes]
        found.append(GoldenPair(name, reference, current, np.stack(stored)))
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
        rows = pair.stored.reshape(-1, pair.stored.shape[2])
        _, content = cv2.imencode(".png", (rows.astype(np.int16) - INT8_MIN).astype(np.uint8))
        write_bytes(place / f"{pair.name}_score.png", content.tobytes())
    names = [pair.name for pair in pairs]
    octaves = pairs[0].stored.shape[0]
    index = {"v": VERSION, "tolerance_lsb": TOLERANCE_LSB, "octaves": octaves, "pairs": names}
    write_json(place / golden.INDEX, index)


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


def _flat(answer: NDArray[np.generic]) -> NDArray[np.int8]:
    """Return an answer ``(1, h, w, 1)`` or ``(1, 1)`` as a picture."""
    stored = cast("NDArray[np.int8]", answer)
    return stored.reshape(stored.shape[1:3] if stored.ndim > 2 else (1, 1))  # noqa: PLR2004 - a map has four

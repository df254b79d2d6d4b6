"""The photographs that this package films, and keeps out of training.

All come with scikit-image (its own folder ``data``), are free of copyright, and
are named here so that nothing is trained on what it is judged by.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import ConfigError

if TYPE_CHECKING:
    from edge.types import Pixels


@dataclass(frozen=True, slots=True)
class Photograph:
    """A file of scikit-image's ``data`` folder.

    Attributes:
        file: Its name there.
        sha256: Digest of the file, in hexadecimal digits.
        shows: What is on it.
        licence: Who made it, and why it may be used.
    """

    file: str
    sha256: str
    shows: str
    licence: str


DEMONSTRATION = Photograph(
    "coffee.png",
    "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    "a cup of coffee on a wooden table",
    "Rachel Michetti, courtesy of Pikolo Espresso Bar; CC0",
)

RESERVED = (
    DEMONSTRATION,
    Photograph(
        "rocket.jpg",
        "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
        "a rocket on its launch pad at dusk",
        "SpaceX; released into the public domain",
    ),
    Photograph(
        "chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        "a cat's face",
        "Stefan van der Walt; CC0",
    ),
    Photograph(
        "retina.jpg",
        "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6",
        "the back of a human eye",
        "Mikael Haggstrom, WikiJournal of Medicine 2014; CC0",
    ),
)
"""Never to be trained on: the demonstration's, and three to judge a model by."""

INSTALL = "pip install '.[demo]' in the folder that stillwatch was installed from"


def load(photograph: Photograph, *, width: int = 1920, height: int = 1080) -> Pixels:
    """Return a photograph that fills a view, its longer side cropped in the middle.

    Returns:
        RGB uint8 ``(height, width, 3)``; the same bytes on every machine for a
        PNG file.

    Raises:
        ConfigError: The file is not installed, or is another one.
    """
    found = find_spec("skimage")
    if found is None or found.origin is None:
        fault = f"the photograph {photograph.file} comes with scikit-image, which is not installed: {INSTALL}"
        raise ConfigError(fault)
    path = Path(found.origin).parent / "data" / photograph.file
    try:
        stored = path.read_bytes()
    except OSError as refused:
        fault = f"cannot read the photograph {path} ({refused.strerror}): {INSTALL}"
        raise ConfigError(fault) from refused
    if hashlib.sha256(stored).hexdigest() != photograph.sha256:
        fault = f"the photograph {path} is not the one that was published with scikit-image: {INSTALL}"
        raise ConfigError(fault)
    decoded = cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        fault = f"this OpenCV cannot read the photograph {path}"
        raise ConfigError(fault)
    return _fill(np.asarray(decoded[..., ::-1], np.uint8), width, height)


def _fill(pixels: Pixels, width: int, height: int) -> Pixels:
    scale = max(width / pixels.shape[1], height / pixels.shape[0])
    size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
    # Of the ways to enlarge, this one is defined to the last bit.
    large = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_LINEAR_EXACT)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(large[top : top + height, left : left + width], np.uint8)

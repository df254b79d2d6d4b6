"""The photographs that models are trained on: those that scikit-image brings, less the reserved ones."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import ConfigError

if TYPE_CHECKING:
    from edge.types import Pixels

TRAINING = (
    "astronaut.png",
    "brick.png",
    "camera.png",
    "cell.png",
    "clock_motion.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "text.png",
)
"""Files of scikit-image's ``data`` folder that we train on: all that it says are free for any use."""

RESERVED = ("coffee.png", "rocket.jpg", "chelsea.png", "retina.jpg")
"""Never trained on: golden pairs and validation are painted on these."""

INSTALL = "pip install '.[convert]' in the folder that stillwatch was installed from"


def load(names: tuple[str, ...] = TRAINING) -> tuple[Pixels, ...]:
    """Return photographs by name, RGB uint8 ``(H, W, 3)`` each.

    Raises:
        ConfigError: scikit-image, or one of the files, is not installed.
    """
    return tuple(_read(name) for name in names)


@cache
def _read(name: str) -> Pixels:
    found = find_spec("skimage")
    if found is None or found.origin is None:
        msg = f"the photograph {name} comes with scikit-image, which is not installed: {INSTALL}"
        raise ConfigError(msg)
    path = Path(found.origin).parent / "data" / name
    stored = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if stored is None:
        msg = f"cannot read the photograph {path}: {INSTALL}"
        raise ConfigError(msg)
    pixels = np.ascontiguousarray(stored[..., ::-1], np.uint8)
    pixels.setflags(write=False)
    return pixels

"""Reads picture files; the only place here that does."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from edge.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.types import Pixels

MAX_FILE_BYTES = 256 << 20
MAX_PIXELS = 1 << 26
"""64 megapixels: larger than any camera that this watches with."""

_FIX = "save it as PNG or JPEG"


def read_picture(path: Path) -> Pixels:
    """Return a picture as RGB, uint8 ``(H, W, 3)``, turned as its camera says.

    Raises:
        ConfigError: It cannot be read, or is too large.
    """
    image = _decoded(path, cv2.IMREAD_COLOR)
    return cast("Pixels", cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def read_mask(path: Path) -> NDArray[np.uint8]:
    """Return the first channel of a mask file, uint8 ``(H, W)``, as it is stored.

    Raises:
        ConfigError: It cannot be read, is too large, or has not 8 bits a channel.
    """
    image = _decoded(path, cv2.IMREAD_UNCHANGED)
    if image.dtype != np.uint8:
        msg = f"{path}: a mask has 8 bits a pixel (255 changed, 0 unchanged), this one is {image.dtype}"
        raise ConfigError(msg)
    return np.ascontiguousarray(image[..., 0] if image.ndim > 2 else image)  # noqa: PLR2004 - rows, columns


def _decoded(path: Path, flags: int) -> NDArray[np.uint8]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            msg = f"{path}: larger than {MAX_FILE_BYTES >> 20} MiB; {_FIX}, at the size your camera gives"
            raise ConfigError(msg)
        data = path.read_bytes()
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}; check that it is there and may be read"
        raise ConfigError(msg) from error
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    except cv2.error as error:
        msg = f"{path}: not a picture that can be read ({error.err}); {_FIX}"
        raise ConfigError(msg) from error
    if image is None:
        msg = f"{path}: {'an empty file' if not data else 'not a picture, or a damaged one'}; {_FIX}"
        raise ConfigError(msg)
    if image.shape[0] * image.shape[1] > MAX_PIXELS:
        msg = f"{path}: {image.shape[1]}x{image.shape[0]} pixels are more than {MAX_PIXELS >> 20} megapixels"
        raise ConfigError(msg)
    return cast("NDArray[np.uint8]", image)

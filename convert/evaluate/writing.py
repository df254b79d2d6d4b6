"""Writes results: whole files or none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.errors import StorageError
from edge.files import replace

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.types import ScoreMap

FULL = np.iinfo(np.uint16).max
"""What a score of one is stored as."""


def stored(score: ScoreMap) -> NDArray[np.uint16]:
    """Return a score map as it is written: uint16, 65535 for a score of one."""
    steps: NDArray[np.uint16] = np.rint(np.clip(score, 0.0, 1.0) * np.float32(FULL)).astype(np.uint16)
    return steps


def make_folder(folder: Path) -> None:
    """Make a folder and those above it.

    Raises:
        StorageError: The disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{folder}: cannot be made: {error.strerror}; choose another folder for --out"
        raise StorageError(msg) from error


def write_picture(path: Path, image: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    """Write a PNG file.

    Raises:
        StorageError: The disk refuses.
    """
    _, data = cv2.imencode(".png", image)
    write_bytes(path, data.tobytes())


def as_json(value: object) -> bytes:
    """Return the content of a JSON file, for people too."""
    return (json.dumps(value, indent=1, allow_nan=False) + "\n").encode()


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file; a power cut leaves the old one or the new one.

    Raises:
        StorageError: The disk refuses.
    """
    try:
        replace(path, data)
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror}; make room, or choose another folder"
        raise StorageError(msg) from error

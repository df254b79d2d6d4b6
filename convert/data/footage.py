"""A user's own pictures and recordings, as backgrounds: no labels needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from edge.errors import ConfigError
from edge.files import content_of

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Pixels

PICTURES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
RECORDINGS = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"})
MOST_FRAMES = 400
"""Pictures that are used; of more, evenly spread ones."""

FRAMES_OF_A_RECORDING = 20
"""At most; fewer of each where there are many files."""

LEAST_SIDE_PX = 64
VALIDATION_PART = 6
"""One in so many pictures is kept for validation."""

MOST_BYTES = 128 * 1024 * 1024
"""Larger files of pictures are refused."""

MOST_PIXELS = 2_100_000
"""Larger pictures are shown smaller, as most cameras would: backgrounds are cut from them anyway."""


def read(folder: Path) -> tuple[Pixels, ...]:
    """Return pictures from a folder, RGB uint8 ``(H, W, 3)``, at most ``MOST_FRAMES``.

    Raises:
        ConfigError: There is nothing of use in it, or files cannot be used; all
            such files are named.
    """
    faults: list[str] = []
    pictures: list[Pixels] = []
    files = _thinned(_files(folder))
    # Decoded pictures are large: no more of them at a time than are kept.
    each = max(1, min(FRAMES_OF_A_RECORDING, MOST_FRAMES // len(files)))
    for path in files:
        try:
            pictures += _frames(path, each) if path.suffix.lower() in RECORDINGS else [_picture(path)]
        except (OSError, ValueError) as error:  # noqa: PERF203 - all faults are named at once
            why = error.strerror if isinstance(error, OSError) else error
            faults.append(f"footage: {path}: {why}; remove the file, or save it anew")
    if faults:
        raise ConfigError(*faults)
    return tuple(pictures)


def for_training(count: int) -> int:
    """Return how many of a user's pictures are trained on, the first ones; a single one is.

    The others are the last ones, in a row: neighbours in a recording look alike.
    """
    return count - min(max(0, count - 1), -(-count // VALIDATION_PART))


def _files(folder: Path) -> list[Path]:
    """Return the pictures and recordings below a folder, by name; hidden ones are left out."""
    if not folder.is_dir():
        msg = f"footage: there is no folder {folder}; name one with pictures or recordings"
        raise ConfigError(msg)
    known = PICTURES | RECORDINGS
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in known and not path.name.startswith(".") and path.is_file()
    )
    if not found:
        kinds = " ".join(sorted(known))
        msg = (
            f"footage: {folder} holds no picture or recording ({kinds}); put some there, or leave footage out"
        )
        raise ConfigError(msg)
    return found


def _thinned(many: list[Path]) -> list[Path]:
    """Return at most ``MOST_FRAMES``, evenly spread."""
    if len(many) <= MOST_FRAMES:
        return many
    return [many[int(at)] for at in np.linspace(0, len(many) - 1, MOST_FRAMES)]


def _picture(path: Path) -> Pixels:
    content = content_of(path, at_most=MOST_BYTES)
    try:
        stored = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    except cv2.error:  # what it announces is too large for any memory
        stored = None
    if stored is None:
        msg = "is no picture, or damaged"
        raise ValueError(msg)
    return _fitted(stored)


def _frames(path: Path, count: int) -> list[Pixels]:
    """Return so many frames of a recording, evenly spread; of a damaged one, those before the damage."""
    recording = cv2.VideoCapture(str(path))
    try:
        last = max(0, int(recording.get(cv2.CAP_PROP_FRAME_COUNT)) - 1)
        shown: list[Pixels] = []
        for number in np.unique(np.linspace(0, last, count, dtype=int)):
            recording.set(cv2.CAP_PROP_POS_FRAMES, int(number))
            good, stored = recording.read()
            if good:
                shown.append(_fitted(stored))
    finally:
        recording.release()
    if not shown:
        msg = "is no recording, or damaged"
        raise ValueError(msg)
    return shown


def _fitted(stored: object) -> Pixels:
    pixels = np.asarray(stored, np.uint8)
    if min(pixels.shape[:2]) < LEAST_SIDE_PX:
        msg = f"is smaller than {LEAST_SIDE_PX} px"
        raise ValueError(msg)
    smaller = (MOST_PIXELS / (pixels.shape[0] * pixels.shape[1])) ** 0.5
    if smaller < 1:
        pixels = np.asarray(
            cv2.resize(pixels, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA), np.uint8
        )
    return cast("Pixels", np.ascontiguousarray(pixels[..., ::-1]))

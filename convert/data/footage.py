"""A user's own pictures and recordings, as backgrounds: no labels needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from edge.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Pixels

PICTURES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
RECORDINGS = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"})
MOST_FRAMES = 400
"""Pictures that are kept in memory; of more, evenly spread ones."""

FRAMES_OF_A_RECORDING = 20
LEAST_SIDE_PX = 64
MOST_PIXELS = 4_000_000
"""Larger pictures are shown smaller: backgrounds are cut from them anyway."""


def files(folder: Path) -> list[Path]:
    """Return the pictures and recordings below a folder, by name.

    Raises:
        ConfigError: There is no such folder, or nothing of use in it.
    """
    if not folder.is_dir():
        msg = f"footage: there is no folder {folder}; name one with pictures or recordings"
        raise ConfigError(msg)
    known = PICTURES | RECORDINGS
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in known and path.is_file())
    if not found:
        kinds = " ".join(sorted(known))
        msg = (
            f"footage: {folder} holds no picture or recording ({kinds}); put some there, or leave footage out"
        )
        raise ConfigError(msg)
    return found


def read(folder: Path) -> tuple[Pixels, ...]:
    """Return pictures from a folder, RGB uint8 ``(H, W, 3)``, at most ``MOST_FRAMES``.

    Raises:
        ConfigError: There is nothing of use in it, or a file cannot be read; all
            such files are named.
    """
    faults: list[str] = []
    pictures: list[Pixels] = []
    found = files(folder)
    step = max(1, len(found) // MOST_FRAMES)
    for path in found[::step][:MOST_FRAMES]:
        shown = _frames(path) if path.suffix.lower() in RECORDINGS else _picture(path)
        usable = [pixels for pixels in shown if min(pixels.shape[:2]) >= LEAST_SIDE_PX]
        if not usable:
            why = f"cannot be read, or is smaller than {LEAST_SIDE_PX} px: remove it, or save it anew"
            faults.append(f"footage: {path} {why}")
        pictures += usable
    if faults:
        raise ConfigError(*faults)
    return tuple(pictures[:: max(1, len(pictures) // MOST_FRAMES)][:MOST_FRAMES])


def _picture(path: Path) -> list[Pixels]:
    stored = (
        cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        if path.stat().st_size
        else None
    )
    return [] if stored is None else [_fitted(stored)]


def _frames(path: Path) -> list[Pixels]:
    recording = cv2.VideoCapture(str(path))
    count = int(recording.get(cv2.CAP_PROP_FRAME_COUNT))
    shown: list[Pixels] = []
    for number in np.linspace(0, max(0, count - 1), FRAMES_OF_A_RECORDING, dtype=int):
        recording.set(cv2.CAP_PROP_POS_FRAMES, int(number))
        good, stored = recording.read()
        if good:
            shown.append(_fitted(stored))
    recording.release()
    return shown


def _fitted(stored: object) -> Pixels:
    pixels = np.asarray(stored, np.uint8)
    smaller = (MOST_PIXELS / (pixels.shape[0] * pixels.shape[1])) ** 0.5
    if smaller < 1:
        pixels = np.asarray(
            cv2.resize(pixels, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA), np.uint8
        )
    return cast("Pixels", np.ascontiguousarray(pixels[..., ::-1]))

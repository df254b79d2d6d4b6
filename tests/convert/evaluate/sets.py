"""Small sets of pairs on disk, painted for a test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tests.vision.pictures import textured

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HEIGHT, WIDTH = 96, 128
SQUARE = (slice(30, 50), slice(60, 84))
"""Where the thing stands that appears."""


def scene(seed: int = 0) -> NDArray[np.uint8]:
    """Return a textured picture, uint8 ``(HEIGHT, WIDTH, 3)``."""
    grey = np.rint(textured(seed=seed, height=HEIGHT, width=WIDTH)).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def changed(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a picture with a thing in it, and the mask of the thing."""
    after, mask = picture.copy(), np.zeros(picture.shape[:2], np.uint8)
    after[SQUARE] = 250
    mask[SQUARE] = 255
    return after, mask


def write_pair(
    folder: Path,
    key: str,
    before: NDArray[np.uint8],
    after: NDArray[np.uint8],
    *,
    mask: NDArray[np.uint8] | None = None,
    boxes: list[list[int]] | None = None,
) -> None:
    """Write a pair, with what changed as a mask or as boxes."""
    pairs = folder / "pairs"
    pairs.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(pairs / f"{key}_ref.png"), before)
    cv2.imwrite(str(pairs / f"{key}_cur.png"), after)
    if mask is not None:
        cv2.imwrite(str(pairs / f"{key}_mask.png"), mask)
    if boxes is not None:
        (pairs / f"{key}_boxes.json").write_text(json.dumps({"boxes": boxes}))


def write_set(folder: Path) -> Path:
    """Write one changed pair, ``0000``, and one unchanged, ``0001``; return the folder."""
    before = scene()
    after, mask = changed(before)
    write_pair(folder, "0000", before, after, mask=mask)
    write_pair(folder, "0001", before, before, mask=np.zeros_like(mask))
    return folder


def list_pairs(folder: Path, *items: dict[str, str]) -> None:
    """Write the set's ``META.json``."""
    (folder / "META.json").write_text(json.dumps({"items": items}))

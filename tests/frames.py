"""Folders of pictures, for devices that want some to watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path


def write_frames(folder: Path, *, count: int, grey: int = 120, noise: float = 3.0) -> None:
    """Write small pictures of a grey wall as a camera takes them.

    Args:
        folder: Where to; made when missing.
        count: How many.
        grey: The wall, in grey levels.
        noise: Standard deviation of the camera's noise, in grey levels.
    """
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for number in range(count):
        picture = np.clip(rng.normal(grey, noise, (48, 64, 3)), 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), picture)

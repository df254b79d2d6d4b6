"""Painted pairs on disk: three arrays a split, read without loading them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from edge.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NAMES = ("reference", "current", "mask")


@dataclass(frozen=True, slots=True, eq=False)
class StoredPairs:
    """Pairs of one split.

    Attributes:
        reference: uint8 ``(N, S, S, 3)``, RGB, on disk.
        current: The same.
        mask: uint8 ``(N, S, S)``: 255 where something changed, else 0.
    """

    reference: NDArray[np.uint8]
    current: NDArray[np.uint8]
    mask: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.mask)

    def flush(self) -> None:
        """Make what was written survive a power cut."""
        for array in (self.reference, self.current, self.mask):
            if isinstance(array, np.memmap):
                array.flush()

    @property
    def size_px(self) -> int:
        """Side of the pictures."""
        return int(self.mask.shape[1])


def make(folder: Path, count: int, size_px: int) -> None:
    """Make room for pairs on disk.

    Raises:
        StorageError: There is not enough of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for name in NAMES:
            path = folder / f"{name}.npy"
            if not path.exists():
                shape = (count, size_px, size_px, *((3,) if name != "mask" else ()))
                partial = path.with_suffix(".partial")
                np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=shape).flush()
                _take_room(partial)
                partial.replace(path)
    except OSError as error:
        msg = f"cannot make room for {count} pairs in {folder}: {error.strerror}; free some, or ask for fewer"
        raise StorageError(msg) from error


def _take_room(path: Path) -> None:
    """Give a sparse file its room at once: a page that finds none later ends the process."""
    with path.open("r+b") as file:
        if hasattr(os, "posix_fallocate"):  # not on macOS
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def read(folder: Path, *, writable: bool = False) -> StoredPairs:
    """Open the pairs of one split.

    Raises:
        StorageError: A file is not there, or is damaged.
    """
    try:
        opened = [np.load(folder / f"{name}.npy", mmap_mode="r+" if writable else "r") for name in NAMES]
    except (OSError, ValueError) as error:
        msg = f"cannot read the pairs in {folder}: {error}; run `stillwatch-convert synth` again"
        raise StorageError(msg) from error
    return StoredPairs(*(cast("NDArray[np.uint8]", array) for array in opened))

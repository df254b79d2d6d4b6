"""Looks at a folder as a program that wants to write there."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from typing import TYPE_CHECKING

from edge.ports.examining import FolderState

if TYPE_CHECKING:
    from pathlib import Path

TRIAL_BYTES = 1 << 20
MB = 1e6


def folder_state(folder: Path) -> FolderState:
    """Return how a folder is, after writing a megabyte into it and taking it away again.

    A folder that is not there is not made: the nearest one above it is asked whether it could be.
    """
    if _exists(folder):
        return FolderState(
            exists=True, mode=mode_of(folder), free_mb=_free_mb(folder), fault=_fault_of_writing(folder)
        )
    above = folder
    while not _exists(above) and above != above.parent:
        above = above.parent
    fault = "" if above.is_dir() and os.access(above, os.W_OK | os.X_OK) else f"{above} may not be written to"
    return FolderState(exists=False, mode=0, free_mb=_free_mb(above), fault=fault)


def mode_of(path: Path) -> int:
    """Return permission bits, 0 where there is nothing, or nothing can be told."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def _exists(folder: Path) -> bool:
    return os.path.exists(folder)  # noqa: PTH110 - Path.exists() raises where it may not look


def _fault_of_writing(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(TRIAL_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _free_mb(folder: Path) -> float | None:
    try:
        return shutil.disk_usage(folder).free / MB
    except OSError:
        return None

"""Copies a finished bundle to where the user wants it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from convert.pipeline.files import digests
from edge.errors import ConfigError, StorageError
from edge.files import sync

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = "contract.json"
"""By this file a bundle is known."""


def check_target(target: Path) -> None:
    """Refuse to replace anything but a bundle, or nothing.

    Raises:
        ConfigError: Something else is there.
    """
    if not target.name:
        msg = f"--out {target}: name the folder itself; one that is not there yet"
        raise ConfigError(msg)
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        msg = f"--out {target}: not a folder; name one that is not there yet"
        raise ConfigError(msg)
    if target.is_dir() and any(target.iterdir()) and not (target / CONTRACT).is_file():
        msg = f"--out {target}: holds something that is no bundle; name a folder that is not there yet"
        raise ConfigError(msg)


def export(bundle: Path, target: Path) -> None:
    """Put a copy of a bundle at ``target``, in place of an older one.

    Raises:
        ConfigError: What is there is no bundle.
        StorageError: The disk refuses.
    """
    check_target(target)
    unfinished = target.with_name(f"{target.name}.partial")
    try:
        if unfinished.exists():
            shutil.rmtree(unfinished)
        shutil.copytree(bundle, unfinished)
        digests(unfinished, settle=True)
        if target.exists():
            shutil.rmtree(target)
        unfinished.rename(target)
        sync(target.parent)
    except OSError as error:
        msg = f"--out {target}: {error.strerror or error}; the bundle itself is whole, in {bundle}"
        raise StorageError(msg) from error

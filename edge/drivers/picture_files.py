"""Pictures and what was found in them, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import ConfigError, StorageError
from edge.files import content_of, replace
from edge.vision.encoded import MAX_BYTES, decoded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from edge.types import Pixels


def read_picture(path: Path) -> Pixels:
    """Read a JPEG, PNG or BMP file.

    Returns:
        RGB, uint8 ``(H, W, 3)``, read-only.

    Raises:
        ConfigError: It cannot be read; the message names the file, cause and fix.
    """
    try:
        return decoded(content_of(path, at_most=MAX_BYTES))
    except OSError as error:
        msg = f"{path}: {error.strerror or error}; name a JPEG, PNG or BMP file"
        raise ConfigError(msg) from error
    except ValueError as error:
        msg = f"{path}: {error}; name a JPEG, PNG or BMP file that a viewer can open"
        raise ConfigError(msg) from error


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made when missing; each is whole or not there.

    Raises:
        StorageError: The disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            replace(folder / name, content)
    except OSError as error:
        msg = f"{folder}: cannot be written to: {error.strerror or error}; name another folder"
        raise StorageError(msg) from error

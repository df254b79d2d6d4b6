"""Text files written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import StorageError
from edge.files import replace

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = 0o600
"""For the owner alone."""

PUBLIC = 0o644
"""Everybody may read."""


def write_text(path: Path, text: str, *, mode: int, owner: tuple[int, int] | None = None) -> None:
    """Replace a file; a power cut leaves the old or the new.

    Args:
        path: The file; its folder must be there.
        text: What it will hold, as UTF-8; line ends stay as they are.
        mode: Its permission bits, less what the process's mask takes away.
        owner: User and group that it shall belong to, as far as we may give it away;
            ``None`` for ours.

    Raises:
        StorageError: The disk refuses.
    """
    try:
        replace(path, text.encode(), mode=mode, owner=owner)
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror or error}; name another place, or make room"
        raise StorageError(msg) from error

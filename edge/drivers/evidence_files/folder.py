"""One folder with the pictures and the record of each event, bounded in bytes."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NUMBERED = re.compile(r"([0-9]{6,12})-(.+)-(before|after|heat|view|record)\.(jpg|json)")
RECORD = "record"


class EventFolder:
    """Keeps the files of each event under one number, which grows whatever the clock does.

    Args:
        directory: Made when missing.
        max_bytes: Of all files together; the oldest events go, the newest stays.
    """

    def __init__(self, directory: Path, *, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes

    def store(self, label: str, files: Mapping[str, bytes]) -> None:
        """Store files, by what each shows; each is whole or not there.

        Raises:
            OSError: The disk refuses.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        number = self._make_room(sum(map(len, files.values()))) + 1
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", label)
        for what, content in files.items():
            suffix = "json" if what == RECORD else "jpg"
            _write(self._directory / f"{number:06d}-{name}-{what}.{suffix}", content)

    def _make_room(self, wanted: int) -> int:
        """Remove the oldest events until so many bytes fit; return the highest number there was."""
        kept: dict[int, list[Path]] = {}
        total = wanted
        for path in self._directory.iterdir():
            if path.suffix == ".new":  # a power cut came in between
                path.unlink(missing_ok=True)
            elif match := NUMBERED.fullmatch(path.name):
                kept.setdefault(int(match[1]), []).append(path)
                total += path.stat().st_size
        for number in sorted(kept):
            if total <= self._max_bytes:
                break
            for path in kept[number]:
                total -= path.stat().st_size
                path.unlink(missing_ok=True)
        return max(kept, default=0)


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".new")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)

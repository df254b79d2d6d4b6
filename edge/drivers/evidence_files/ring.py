"""Segments of records, of which the oldest go: bounded in bytes, gentle to a card.

Records are appended and never synced, so that a card is written when the system
finds it convenient. A power cut costs the last seconds, and leaves at most one
torn record, which is cut off when the file is opened again.
"""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

from edge.core.segments import MAGIC, MAX_PAYLOAD, framed, unframed

if TYPE_CHECKING:
    from pathlib import Path

    from edge.core.segments import Record

SEGMENTS = 16
"""A full ring has about so many: this is by how much its past is cut at a time."""

LEAST_SEGMENT_BYTES = 64 * 1024
_NUMBERED = re.compile(r"([0-9]{1,12})\.segment")


def segments(directory: Path) -> list[Path]:
    """Return the segments of a folder, oldest first.

    Raises:
        OSError: It cannot be listed.
    """
    found = [
        (int(match[1]), path) for path in directory.iterdir() if (match := _NUMBERED.fullmatch(path.name))
    ]
    return [path for _, path in sorted(found)]


def content_of(path: Path, at_most: int) -> bytes:
    """Return what a segment holds, no more than so many bytes.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return file.read(at_most)


class SegmentRing:
    """A folder of segments with one writer.

    Args:
        directory: Made when missing.
        max_bytes: Of all segments together; the oldest go.
    """

    def __init__(self, directory: Path, *, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._segment_bytes = max(LEAST_SEGMENT_BYTES, max_bytes // SEGMENTS)
        self._path: Path | None = None
        self._size = 0

    def append(self, record: Record) -> None:
        """Append a record; other processes see it at once.

        Raises:
            OSError: The disk refuses. The next record is tried anew.
        """
        content = framed(record)
        try:
            path = self._path or self._found()
            if self._size + len(content) > self._segment_bytes and self._size > len(MAGIC):
                path = self._begun()
            self._write(path, content)
        except OSError:
            self._path = None  # looking for it anew cuts off what is torn
            raise

    def _found(self) -> Path:
        """Go on with the newest segment, behind its last intact record."""
        self._directory.mkdir(parents=True, exist_ok=True)
        kept = segments(self._directory)
        if not kept:
            return self._begun()
        intact = unframed(content_of(kept[-1], self._segment_bytes + MAX_PAYLOAD))[1]
        if not intact:
            return self._begun()
        os.truncate(kept[-1], intact)
        self._path, self._size = kept[-1], intact
        return kept[-1]

    def _begun(self) -> Path:
        """Begin a segment, in place of the oldest ones where there is no room."""
        kept = segments(self._directory)
        number = int(kept[-1].stem) + 1 if kept else 1
        sizes = [path.stat().st_size for path in kept]
        while kept and sum(sizes) + self._segment_bytes > self._max_bytes:
            kept.pop(0).unlink(missing_ok=True)
            sizes.pop(0)
        path = self._directory / f"{number:06d}.segment"
        path.touch()
        self._path, self._size = path, 0
        self._write(path, MAGIC)
        return path

    def _write(self, path: Path, content: bytes) -> None:
        with path.open("r+b", buffering=0) as file:  # not "ab": a file that somebody removed stays removed
            file.seek(self._size)
            written = file.write(content)
        self._size += written
        if written < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._directory))

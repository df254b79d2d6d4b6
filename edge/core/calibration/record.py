"""What a calibration remembers of a view, and the bytes it is kept in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.core.calibration.budget import BLOCKS_A_DAY
from edge.core.facts import parsed, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import ModelTag

BLOCKS = 7 * BLOCKS_A_DAY
"""The newest blocks are kept, a week of watching: a view's habits change."""

MOST_A_SIDE = 128  # cells
MOST_TOLD = 65_535
MOST_BYTES = 16 << 20

VERSION = 1
_DIGEST = 64


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What would have been told of each cell in the blocks that were watched, oldest first.

    Attributes:
        shape: Rows and columns of the grid of cells.
        maxima: Highest level over the model's own threshold, uint8 ``(blocks, cells)``.
        told: How many changes really were told, uint16 ``(blocks,)``.
    """

    shape: tuple[int, int]
    maxima: NDArray[np.uint8]
    told: NDArray[np.uint16]

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> Record:
        """Return the record of a view that nobody has watched yet."""
        return cls(shape, np.zeros((0, shape[0] * shape[1]), np.uint8), np.zeros(0, np.uint16))

    def with_block(self, maxima: NDArray[np.uint8], told: int) -> Record:
        """Return the record with one more block; the oldest go.

        Args:
            maxima: uint8 ``(cells,)``.
            told: Changes that were told in it.
        """
        counts = np.append(self.told, np.uint16(min(told, MOST_TOLD)))
        return Record(self.shape, np.vstack([self.maxima, maxima])[-BLOCKS:], counts[-BLOCKS:])


def made_by(model: ModelTag, threshold: float) -> str:
    """Return who looked, and what counted: the levels of another say nothing.

    Args:
        model: The model.
        threshold: Score from which a pixel counted.
    """
    return f"{model.id} {model.version} {threshold:.4f}"


def packed(record: Record, maker: str) -> bytes:
    """Return a record as bytes: a digest, a line of JSON, and the columns that hold anything.

    Args:
        record: The record.
        maker: From ``made_by``.
    """
    cells = np.flatnonzero(record.maxima.any(axis=0))
    about = {
        "v": VERSION,
        "maker": maker,
        "shape": list(record.shape),
        "blocks": len(record.maxima),
        "cells": cells.tolist(),
    }
    content = json.dumps(about, separators=(",", ":")).encode() + b"\n"
    content += record.told.astype("<u2").tobytes() + np.ascontiguousarray(record.maxima[:, cells]).tobytes()
    return hashlib.sha256(content).hexdigest().encode() + content


def unpacked(content: bytes) -> tuple[Record, str]:
    """Read ``packed``'s bytes: the record, and its maker.

    Raises:
        ValueError: They are damaged, or none of ours.
    """
    digest, content = content[:_DIGEST], content[_DIGEST:]
    if hashlib.sha256(content).hexdigest().encode() != digest:
        msg = "its digest does not match"
        raise ValueError(msg)
    line, _, rest = content.partition(b"\n")
    about = parsed(line)
    about.whole("v", VERSION, VERSION)
    rows, columns = about.wholes("shape", 2, 1, MOST_A_SIDE)
    blocks = about.whole("blocks", 0, BLOCKS)
    cells = [
        whole(cell, 0, rows * columns - 1, "cells") for cell in about.items("cells", most=rows * columns)
    ]
    if len(rest) != blocks * (2 + len(cells)):
        msg = "its length does not fit"
        raise ValueError(msg)
    maxima = np.zeros((blocks, rows * columns), np.uint8)
    maxima[:, cells] = np.frombuffer(rest, np.uint8, offset=2 * blocks).reshape(blocks, len(cells))
    told = np.frombuffer(rest, "<u2", count=blocks).astype(np.uint16)
    return Record((rows, columns), maxima, told), about.text("maker")

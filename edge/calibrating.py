"""How one view's thresholds come to hold a budget of false alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.core import grid
from edge.core.calibration.budget import (
    BLOCKS_A_DAY,
    Raise,
    blocks_needed,
    poisson_interval,
    raise_for,
)
from edge.core.calibration.levels import raised
from edge.core.calibration.record import Record
from edge.core.calibration.recorder import Recorder
from edge.core.masks import painted
from edge.types import Calibration, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.core.limits import Limits
    from edge.types import Look, Mask

REFIT_BLOCKS = 6
"""Once an hour thresholds are found anew, and the record is stored: cards wear out."""

AROUND = np.ones((3, 3), np.uint8)
"""Restless things stray into the cells around them."""


class Calibrating:
    """Records what a view does by itself, and says where that must cost more to be told."""

    def __init__(
        self, limits: Limits, threshold: float, shape: tuple[int, int], record: Record | None = None
    ) -> None:
        """Go on with a record.

        Args:
            limits: The user's limits; the budget is one of them.
            threshold: The model's own, as the user wishes it.
            shape: Rows and columns of the reference.
            record: From an earlier run; one of another grid is left alone.
        """
        self._per_day = limits.false_alarms_per_day
        self._threshold = threshold
        self._shape = shape
        self._cell = grid.cell_of(shape[1], shape[0])
        cells = grid.shape_of(shape[1], shape[0], self._cell)
        known = record if record is not None and record.shape == cells else Record.empty(cells)
        self._recorder = Recorder(limits, known)
        self._serial: int | None = None
        self._refit()

    @property
    def facts(self) -> Calibration:
        """How far it has come."""
        record = self._recorder.record
        days = len(record.maxima) / BLOCKS_A_DAY
        told = int(record.told.sum())
        low, high = poisson_interval(told, days) if days else (0.0, 0.0)
        return Calibration(
            budget_per_day=self._per_day,
            days=days,
            days_needed=blocks_needed(self._per_day) / BLOCKS_A_DAY,
            told=told,
            interval_per_day=(low, high) if days else None,
            raised=float(np.count_nonzero(self._nats) / self._nats.size),
            unwatchable=float(np.count_nonzero(np.isinf(self._nats)) / self._nats.size),
            held=self._held,
        )

    @property
    def field(self) -> NDArray[np.float32] | None:
        """Threshold of each pixel, float32 ``(H, W)``; ``None`` where none is raised."""
        return self._field

    @property
    def raised(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
        """Which cells ask for more, and which are not watched, bool ``(rows, columns)`` each."""
        return None if self._field is None else (self._nats > 0.0, np.isinf(self._nats))

    def look(self, look: Look, serial: int) -> Record | None:
        """Take one look into account.

        Args:
            look: From the detector.
            serial: Number of the newest change that was told before it.

        Returns:
            The record, when it should be stored: ``field`` may be another now.
        """
        told = 0 if self._serial is None else max(0, serial - self._serial)
        self._serial = serial
        if look.levels is None or look.view is not View.OK or not look.settled:
            self._recorder.blind()
            return None
        if not self._recorder.look(look.levels, look.taken, told=told):
            return None
        self._blocks += 1
        if self._blocks % REFIT_BLOCKS:
            return None
        self._refit()
        return self._recorder.record

    def threshold_at(self, mask: Mask) -> float:
        """Return the lowest threshold at a place; the model's own where no pixel of it is watched."""
        if self._field is None or not mask.area_px:
            return self._threshold
        box = mask.box
        lowest = float(self._field[box.top : box.bottom, box.left : box.right][mask.bits].min())
        return lowest if lowest <= 1.0 else self._threshold

    def forget(self, masks: Sequence[Mask]) -> None:
        """Take back what is not recorded yet: somebody says that it was a change."""
        place = painted(masks, self._shape)
        self._recorder.forget(grid.counted(place, self._cell) > 0)

    def _refit(self) -> None:
        self._blocks = 0
        record = self._recorder.record
        found = raise_for(record.maxima, self._per_day)
        self._held = found.held
        self._nats = _spread(found, record.shape)
        self._field: NDArray[np.float32] | None = None
        if self._nats.any():
            height, width = self._shape
            cells = raised(self._threshold, self._nats)
            wide = np.repeat(np.repeat(cells, self._cell, axis=0), self._cell, axis=1)
            self._field = np.ascontiguousarray(wide[:height, :width])


def _spread(found: Raise, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return what each cell and those around it need at most; only a cell itself can be unwatchable."""
    cells = found.cells.reshape(shape)
    finite = np.where(np.isfinite(cells), cells, 0.0)
    wide = cv2.dilate(finite, AROUND).astype(np.float64)
    return np.where(np.isfinite(cells), wide, np.inf)

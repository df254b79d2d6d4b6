from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pytest

from edge.core.calibration.record import Record
from edge.drivers.records_files import FileRecords
from edge.errors import StorageError
from edge.sim.records import SimRecords

if TYPE_CHECKING:
    from pathlib import Path

    from edge.ports import Records

MAKER = "difference 1 0.5000"
RECORD = Record.empty((2, 3)).with_block(np.arange(6, dtype=np.uint8), 4)


class Place(Protocol):
    """Somewhere records are kept, and a way to damage them."""

    @property
    def records(self) -> Records:
        """Where they are kept."""
        ...

    def damage(self, camera: str) -> None:
        """Damage what is kept for a camera."""
        ...


class Memory:
    """The simulated place."""

    def __init__(self) -> None:
        self.records = SimRecords()

    def damage(self, camera: str) -> None:
        """Damage it on cue."""
        self.records.damage(camera)


class Disk:
    """The real place, in a folder that does not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "calibration"
        self.records = FileRecords(self._folder)

    def damage(self, camera: str) -> None:
        """Flip one bit in the middle of the file."""
        path = self._folder / f"{camera}.record"
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


@pytest.fixture(params=["memory", "disk"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Memory() if request.param == "memory" else Disk(tmp_path)


def test_nothing_is_known_of_a_new_camera(place: Place) -> None:
    assert place.records.load("shelf", MAKER) is None


def test_what_was_saved_is_loaded(place: Place) -> None:
    place.records.save("shelf", RECORD, MAKER)
    back = place.records.load("shelf", MAKER)
    assert back is not None
    assert (back.shape, back.maxima.tolist(), back.told.tolist()) == ((2, 3), [[0, 1, 2, 3, 4, 5]], [4])
    assert place.records.load("gate", MAKER) is None


def test_what_another_model_recorded_says_nothing(place: Place) -> None:
    place.records.save("shelf", RECORD, MAKER)
    assert place.records.load("shelf", "network 2 0.7000") is None


def test_what_is_forgotten_is_gone(place: Place) -> None:
    place.records.save("shelf", RECORD, MAKER)
    place.records.forget("shelf")
    place.records.forget("shelf")
    assert place.records.load("shelf", MAKER) is None


def test_damage_is_told_once_and_put_aside(place: Place) -> None:
    place.records.save("shelf", RECORD, MAKER)
    place.damage("shelf")
    with pytest.raises(StorageError, match="anew"):
        place.records.load("shelf", MAKER)
    assert place.records.load("shelf", MAKER) is None

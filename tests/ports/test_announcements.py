from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from edge.core.shown import MOST_BYTES, Shown, packed, unpacked
from edge.drivers.announcements_file import FileAnnouncements
from edge.errors import StorageError
from edge.sim.announcements import SimAnnouncements

if TYPE_CHECKING:
    from pathlib import Path

    from edge.ports import Announcements

SHOWN = Shown("homeassistant/device/stillwatch_bench1/config", {"shelf_change": "binary_sensor"})


class Place(Protocol):
    """Somewhere it is kept, and a way to damage that."""

    @property
    def kept(self) -> Announcements:
        """Where it is kept."""
        ...

    def damage(self) -> None:
        """Damage what is kept."""
        ...


class Memory:
    """The simulated place."""

    def __init__(self) -> None:
        self.kept = SimAnnouncements()

    def damage(self) -> None:
        """Damage it on cue."""
        self.kept.damage()


class Disk:
    """The real place."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "shown.json"
        self.kept = FileAnnouncements(self._path)

    def damage(self) -> None:
        """Cut the file short."""
        self._path.write_bytes(self._path.read_bytes()[:-3])


@pytest.fixture(params=["sim", "files"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Memory() if request.param == "sim" else Disk(tmp_path)


def test_nothing_is_known_at_first(place: Place) -> None:
    assert place.kept.load() is None


def test_what_was_shown_last_is_known(place: Place) -> None:
    place.kept.save(Shown("a/b", {}))
    place.kept.save(SHOWN)
    assert place.kept.load() == SHOWN


def test_what_is_damaged_is_nothing(place: Place) -> None:
    place.kept.save(SHOWN)
    place.damage()
    assert place.kept.load() is None


def test_a_folder_that_is_gone_is_a_disk_that_refuses(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"):
        FileAnnouncements(tmp_path / "none" / "shown.json").save(SHOWN)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b'{"topic":"a/#","platforms":{}}', id="a-wildcard"),
        pytest.param(b'{"topic":"a","platforms":{"A b":"sensor"}}', id="no-id"),
        pytest.param(b'{"topic":"a","platforms":{"a":1}}', id="no-platform"),
        pytest.param(packed(SHOWN) + b" " * MOST_BYTES, id="too-long"),
        pytest.param(b"\xff", id="no-text"),
        pytest.param(b"[" * 100_000, id="nested-without-end"),
    ],
)
def test_what_was_not_written_there_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="not what was written"):
        unpacked(content)

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pytest

from edge.drivers.references_files import FileReferences
from edge.errors import StorageError
from edge.sim.references import SimReferences
from edge.types import Reference

if TYPE_CHECKING:
    from pathlib import Path

    from edge.ports import References


class Place(Protocol):
    """Somewhere references are kept, and a way to damage them."""

    @property
    def references(self) -> References:
        """Where they are kept."""
        ...

    def damage(self, camera: str, light: str = "day") -> None:
        """Damage what is kept for a camera and a light; day is the golden one."""
        ...


class Memory:
    """The simulated place."""

    def __init__(self) -> None:
        self.references = SimReferences()

    def damage(self, camera: str, light: str = "day") -> None:
        """Damage it on cue."""
        self.references.damage(camera, light)


class Disk:
    """The real place, in a folder that does not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "references"
        self.references = FileReferences(self._folder)

    def damage(self, camera: str, light: str = "day") -> None:
        """Flip one bit in the middle of the file."""
        path = self._folder / (f"{camera}.npz" if light == "day" else f"{camera}@{light}.npz")
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)


@pytest.fixture(params=["memory", "disk"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Memory() if request.param == "memory" else Disk(tmp_path)


def a_reference(seed: int = 0, *, light: str = "day", known: float = 0.5) -> Reference:
    rng = np.random.default_rng(seed)
    return Reference(
        id=f"day-{seed}",
        light=light,
        pixels=rng.integers(0, 256, (21, 33, 3), np.uint8),
        noise=rng.uniform(0, 20, (21, 33)).astype(np.float32),
        learned=rng.random((21, 33)) < known,
        taken_ns=1_795_348_800_000_000_000 + seed,
        golden=light == "day",
    )


def same(one: Reference, kept: tuple[Reference, ...]) -> bool:
    if len(kept) != 1:
        return False
    (other,) = kept
    return (
        (one.id, one.light, one.taken_ns) == (other.id, other.light, other.taken_ns)
        and np.array_equal(one.pixels, other.pixels)
        and np.array_equal(one.learned, other.learned)
        and np.allclose(one.noise, other.noise, rtol=1e-3)
        and [str(array.dtype) for array in (other.pixels, other.noise, other.learned)]
        == ["uint8", "float32", "bool"]
    )


def test_a_camera_without_a_reference_has_none(place: Place) -> None:
    assert place.references.load("shelf") == ()


def test_what_was_saved_is_loaded(place: Place) -> None:
    place.references.save("shelf", a_reference())
    assert same(a_reference(), place.references.load("shelf"))


def test_saving_replaces(place: Place) -> None:
    place.references.save("shelf", a_reference(1))
    place.references.save("shelf", a_reference(2))
    assert same(a_reference(2), place.references.load("shelf"))


def test_cameras_do_not_share(place: Place) -> None:
    place.references.save("shelf", a_reference(1))
    place.references.save("door", a_reference(2))
    assert same(a_reference(1), place.references.load("shelf"))


def test_forgetting_leaves_nothing(place: Place) -> None:
    place.references.save("shelf", a_reference())
    place.references.forget("shelf")
    assert place.references.load("shelf") == ()


def test_forgetting_nothing_is_fine(place: Place) -> None:
    place.references.forget("shelf")
    assert place.references.load("shelf") == ()


def test_damage_is_told_once_and_put_aside(place: Place) -> None:
    place.references.save("shelf", a_reference())
    place.damage("shelf")
    with pytest.raises(StorageError, match=r"shelf.*damaged"):
        place.references.load("shelf")
    assert place.references.load("shelf") == ()


def test_saving_after_damage_heals(place: Place) -> None:
    place.references.save("shelf", a_reference(1))
    place.damage("shelf")
    place.references.save("shelf", a_reference(2))
    assert same(a_reference(2), place.references.load("shelf"))


# ---- light states ----


def kept(place: Place) -> list[tuple[str, bool]]:
    return [(one.light, one.golden) for one in place.references.load("shelf")]


def a_bank(place: Place) -> None:
    for number, light in enumerate(("ir", "day", "lamp"), 1):
        place.references.save("shelf", a_reference(number, light=light, known=0.1 * number))


def test_the_golden_one_comes_first(place: Place) -> None:
    a_bank(place)
    (first, *others) = kept(place)
    assert (first, sorted(others)) == (("day", True), [("ir", False), ("lamp", False)])


def test_saving_one_light_leaves_the_others(place: Place) -> None:
    a_bank(place)
    place.references.save("shelf", a_reference(9, light="ir"))
    assert sorted(one.taken_ns % 100 for one in place.references.load("shelf")) == [2, 3, 9]


def test_a_light_can_be_dropped(place: Place) -> None:
    a_bank(place)
    place.references.drop("shelf", "ir")
    assert kept(place) == [("day", True), ("lamp", False)]


def test_forgetting_drops_every_light(place: Place) -> None:
    a_bank(place)
    place.references.forget("shelf")
    assert kept(place) == []


def test_a_damaged_light_costs_no_other(place: Place) -> None:
    a_bank(place)
    place.damage("shelf", "ir")
    with pytest.raises(StorageError, match=r"shelf.*damaged"):
        place.references.load("shelf")
    assert kept(place) == [("day", True), ("lamp", False)]


def test_the_fullest_light_takes_the_place_of_a_damaged_golden_one(place: Place) -> None:
    a_bank(place)
    place.damage("shelf")
    with pytest.raises(StorageError, match=r"shelf.*damaged"):
        place.references.load("shelf")
    assert kept(place) == [("lamp", True), ("ir", False)]
    place.references.save("shelf", a_reference(8, light="bright", known=0.9))
    assert kept(place)[0] == ("lamp", True)

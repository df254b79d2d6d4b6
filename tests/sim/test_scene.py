import numpy as np
import pytest

from edge.sim.parts import MAKES, paint
from edge.sim.scene import arrange, tabletop


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("side_px", [6.0, 12.0, 20.0])
def test_a_part_is_as_large_as_the_square_it_was_ordered_as(make: str, side_px: float) -> None:
    part = paint(make, (50, 50), side_px=side_px, bright=True, turn=0.3)
    assert part.area_px == pytest.approx(side_px**2, rel=0.03)


@pytest.mark.parametrize("make", MAKES)
def test_a_part_has_soft_edges(make: str) -> None:
    part = paint(make, (50, 50), side_px=12.7, bright=True, turn=0.3)
    assert ((part.cover > 0.0) & (part.cover < 1.0)).any()


@pytest.mark.parametrize("seed", range(8))
def test_parts_stand_out(seed: int) -> None:
    scene = arrange(tabletop(480, 270), seed=seed, count=4)
    assert min(scene.contrast(number) for number in range(4)) >= 40.0


@pytest.mark.parametrize("seed", range(8))
def test_parts_lie_apart_and_inside(seed: int) -> None:
    scene = arrange(tabletop(480, 270), seed=seed, count=4)
    taken = np.zeros((270, 480), int)
    for part in scene.parts:
        taken[part.box.top : part.box.bottom, part.box.left : part.box.right] += 1
    areas = sum(part.box.width * part.box.height for part in scene.parts)
    assert (taken.max(), taken.sum()) == (1, areas)


def test_parts_that_could_not_stand_out_are_refused() -> None:
    grey = np.full((180, 320, 3), 120, np.uint8)
    with pytest.raises(ValueError, match="no room"):
        arrange(grey, seed=0, count=1, least_contrast=120.0)


def test_a_missing_part_shows_the_picture_beneath_and_changes_nothing_else() -> None:
    scene = arrange(tabletop(480, 270), seed=1, count=3)
    box = scene.parts[1].box
    whole, lacking = scene.without(frozenset()), scene.without(frozenset({1}))
    inside = (slice(box.top, box.bottom), slice(box.left, box.right))
    assert np.array_equal(lacking[inside], scene.bare[inside])
    whole[inside] = lacking[inside]
    assert np.array_equal(whole, lacking)


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="no room for 500 parts"):
        arrange(tabletop(160, 90), seed=0, count=500)

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from convert.data import textures
from tests.convert.data.painting import rng_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.types import Pixels

    Surface = Callable[[np.random.Generator, int, int], Pixels]

SURFACES = (textures.noise, textures.circuit, textures.page, textures.printed)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(("height", "width"), [(40, 56), (144, 144), (33, 500)])
def test_a_surface_has_the_size_that_was_asked_for(surface: Surface, height: int, width: int) -> None:
    for seed in range(5):
        pixels = surface(rng_of(seed), height, width)
        assert pixels.shape == (height, width, 3)
        assert pixels.dtype == np.uint8


@pytest.mark.parametrize("surface", SURFACES)
def test_the_same_dice_give_the_same_surface(surface: Surface) -> None:
    for seed in range(5):
        assert np.array_equal(surface(rng_of(seed), 64, 64), surface(rng_of(seed), 64, 64))


@pytest.mark.parametrize("surface", SURFACES)
def test_surfaces_differ(surface: Surface) -> None:
    assert len({surface(rng_of(seed), 64, 64).tobytes() for seed in range(20)}) == 20


def test_a_circuit_is_printed_in_two_tones() -> None:
    assert all(len(np.unique(textures.circuit(rng_of(seed), 96, 96))) <= 2 for seed in range(20))


def test_what_is_drawn_is_drawn_in_place() -> None:
    canvas = np.full((64, 64, 3), 100, np.uint8)
    assert textures.drawing(rng_of(0), canvas, 12) is canvas
    assert (canvas != 100).any()

from __future__ import annotations

import numpy as np
import pytest

from convert.data.relief import lamp, lit
from convert.data.surface import Surface
from tests.convert.data.painting import rng_of, scene


def dome(side: int) -> Surface:
    down, across = (np.mgrid[:side, :side] + 0.5) / side - 0.5
    height = side * np.sqrt(np.clip(0.16 - down**2 - across**2, 0.04, None)).astype(np.float32)
    return Surface(np.full((side, side, 3), 120, np.uint8), height, np.full((side, side), 0.2, np.float32))


def test_a_surface_seen_from_nearer_has_the_size_that_was_asked_for() -> None:
    nearer = dome(40).nearer(100)
    assert nearer.size == (100, 100)
    assert nearer.height is not None
    assert nearer.gloss is not None
    assert nearer.height.shape == nearer.gloss.shape == (100, 100)
    assert {nearer.height.dtype, nearer.gloss.dtype} == {np.dtype(np.float32)}


def test_a_flat_and_matt_one_stays_flat_and_matt() -> None:
    nearer = Surface(scene(1, side=40)).nearer(60)
    assert nearer.height is None
    assert nearer.gloss is None


def test_one_that_is_as_large_already_stays_what_it_is() -> None:
    surface = dome(40)
    assert surface.nearer(40) is surface


@pytest.mark.parametrize("seed", range(6))
def test_slopes_and_so_the_light_on_them_stay_what_they_are(seed: int) -> None:
    by = lamp(rng_of(seed))
    near, far = lit(dome(40).nearer(120), by), lit(dome(120), by)
    assert np.abs(near.astype(int) - far).mean() < 6

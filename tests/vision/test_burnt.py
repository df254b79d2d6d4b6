from __future__ import annotations

import numpy as np
import pytest

from edge.types import Box, Mask
from edge.vision.burnt import burnt_out

PLACE = Mask(Box(10, 20, 22, 32), np.ones((12, 12), np.bool_))


def flat(level: int | tuple[int, int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((40, 60, 3), level, np.uint8)


@pytest.mark.parametrize(
    ("one", "other", "lost"),
    [
        pytest.param(240, 254, True, id="gloss-that-drowns-when-the-lamp-is-turned-up"),
        pytest.param(254, 240, True, id="and-comes-back-when-it-is-turned-down"),
        pytest.param(254, 190, False, id="something-grey-on-white"),
        pytest.param(210, 240, False, id="bright-and-not-burnt-out"),
        pytest.param((254, 254, 120), 254, False, id="something-yellow-on-white"),
        pytest.param(0, 255, False, id="black-and-white"),
    ],
)
def test_what_is_nearly_white_cannot_be_told_from_what_is_burnt_out(
    *, one: int | tuple[int, int, int], other: int, lost: bool
) -> None:
    assert burnt_out(PLACE, flat(one), flat(other)) is lost


def test_most_of_the_place_decides() -> None:
    before, after = flat(240), flat(254)
    after[20:25, 10:22] = 100
    assert burnt_out(PLACE, before, after)
    after[20:27, 10:22] = 100
    assert not burnt_out(PLACE, before, after)


def test_only_pixels_of_the_mask_count() -> None:
    before, after = flat(240), flat(100)
    bits = np.zeros((12, 12), np.bool_)
    bits[:3, :3] = True
    after[20:23, 10:13] = 254
    assert burnt_out(Mask(PLACE.box, bits), before, after)

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from convert.data.kinds import KINDS, LEAST_AREA_PX, KindCase, kind_case
from edge.core.masks import painted
from tests.convert.data.painting import backgrounds, rng_of

BACKGROUNDS = backgrounds()


def cases(count: int) -> list[KindCase]:
    return [kind_case(rng_of(8, number), BACKGROUNDS) for number in range(count)]


MANY = cases(60)


def test_the_same_dice_paint_the_same_case() -> None:
    for first, second in zip(MANY[:5], cases(5), strict=True):
        assert first.kind is second.kind
        assert first.mask.box == second.mask.box
        assert first.reference.tobytes() == second.reference.tobytes()
        assert first.current.tobytes() == second.current.tobytes()


def test_one_kind_is_as_frequent_as_another() -> None:
    counts = Counter(case.kind for case in MANY)
    assert set(counts) == set(KINDS)
    assert min(counts.values()) > 10


@pytest.mark.parametrize("case", MANY[:10], ids=lambda case: case.kind.value)
def test_a_case_is_two_pictures_of_one_size_and_a_mask_in_them(case: KindCase) -> None:
    assert case.reference.shape == case.current.shape == (144, 144, 3)
    assert case.reference.dtype == case.current.dtype == np.uint8
    assert case.mask.area_px == np.count_nonzero(painted([case.mask], (144, 144)))


def test_a_mask_is_that_of_something_large_enough_and_what_spills_over() -> None:
    assert min(case.mask.area_px for case in MANY) > LEAST_AREA_PX

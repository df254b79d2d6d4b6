from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from convert.data.kinds import KindCase, kind_case
from convert.evaluate.kinds import KindTally, said, tally
from edge.types import Box, Kind, Mask
from tests.convert.data.painting import backgrounds, rng_of

CAME, WENT, ALTERED, UNKNOWN = Kind.APPEARED, Kind.DISAPPEARED, Kind.ALTERED, Kind.UNKNOWN


@pytest.mark.parametrize(
    ("counts", "answered", "right"),
    [
        pytest.param({}, 0.0, 0.0, id="no-case-no-share"),
        pytest.param({(CAME, UNKNOWN): 3}, 0.0, 0.0, id="what-is-unknown-is-no-answer"),
        pytest.param({(CAME, CAME): 1, (WENT, UNKNOWN): 1}, 0.5, 1.0, id="and-not-wrong"),
        pytest.param({(CAME, CAME): 3, (WENT, ALTERED): 1}, 1.0, 0.75, id="another-kind-is-wrong"),
    ],
)
def test_what_a_tally_says(counts: dict[tuple[Kind, Kind], int], answered: float, right: float) -> None:
    assert KindTally(counts).answered == answered
    assert KindTally(counts).right == right


def test_every_case_is_counted_once() -> None:
    paper = backgrounds()
    cases = [kind_case(rng_of(9, number), paper) for number in range(6)]
    assert tally(cases).counts == Counter((case.kind, said(case)) for case in cases)


@pytest.mark.parametrize(
    ("before", "after", "kind"), [(90, 200, CAME), (200, 90, WENT)], ids=["something-came", "something-went"]
)
def test_a_clear_case_is_said_as_it_is(before: int, after: int, kind: Kind) -> None:
    pictures = [np.full((96, 96, 3), 90, np.uint8) for _ in range(2)]
    for picture, level in zip(pictures, (before, after), strict=True):
        picture[40:56, 40:56] = level
    mask = Mask(Box(40, 40, 56, 56), np.ones((16, 16), np.bool_))
    assert said(KindCase(reference=pictures[0], current=pictures[1], mask=mask, kind=kind)) is kind

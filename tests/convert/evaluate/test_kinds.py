from __future__ import annotations

import pytest

from convert.data.kinds import kind_case
from convert.evaluate.kinds import KindTally, said, tally
from edge.types import Kind
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
    counts = tally(cases).counts
    assert sum(counts.values()) == 6
    assert all(counts[case.kind, said(case)] for case in cases)

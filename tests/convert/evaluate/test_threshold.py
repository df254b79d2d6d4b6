from __future__ import annotations

import numpy as np
import pytest

from convert.evaluate.cleanup import reported
from convert.evaluate.threshold import CANDIDATES, Evidence, choose, pick, weigh

SHAPE = (64, 64)
THING = (slice(20, 30), slice(20, 30))


def flat(level: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.full(SHAPE, level, np.float32)


def mask(*, changed: bool = True) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    found = np.zeros(SHAPE, np.bool_)
    found[THING] = changed
    return found


def thing(high: float, low: float = 0.01) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    score = flat(low)
    score[THING] = high
    return score


def test_the_threshold_lies_in_the_middle_between_changed_and_unchanged() -> None:
    assert choose([thing(0.9, 0.1)], [mask()]) == pytest.approx(0.5, abs=0.02)


def test_a_false_region_on_an_unchanged_pair_lifts_the_threshold_above_it() -> None:
    pairs = [thing(0.9), thing(0.6)], [mask(), mask(changed=False)]
    assert 0.6 < choose(*pairs, false_regions_per_mpx=1.0) <= 0.9


def test_a_speck_on_an_unchanged_pair_does_not_lift_it() -> None:
    speck = flat(0.01)
    speck[5:8, 5:8] = 0.95
    false = weigh([thing(0.9), speck], [mask(), mask(changed=False)]).false_regions_per_mpx
    assert false[CANDIDATES > 0.01].max() == 0


def test_false_regions_that_melt_into_one_still_count() -> None:
    score = flat(0.3)
    score[2:8, 2:8] = score[20:26, 20:26] = 0.6
    false = weigh([thing(0.9), score], [mask(), mask(changed=False)]).false_regions_per_mpx
    at = int(np.searchsorted(CANDIDATES, 0.2))
    assert false[at] == pytest.approx(2 * 1e6 / score.size)


def test_a_budget_that_cannot_be_kept_is_missed_by_as_little_as_possible() -> None:
    evidence = Evidence(
        f=np.linspace(1, 0.5, CANDIDATES.size), false_regions_per_mpx=np.full(CANDIDATES.size, 9.0)
    )
    assert pick(evidence, false_regions_per_mpx=1.0) == pytest.approx(CANDIDATES[1], abs=0.01)


def test_an_edge_drawn_two_pixels_off_costs_nothing() -> None:
    shifted = flat(0.01)
    shifted[22:32, 20:30] = 0.9
    f = weigh([shifted], [mask()]).f
    assert f[np.searchsorted(CANDIDATES, 0.5)] == 1.0


def test_a_score_on_the_threshold_counts() -> None:
    at = CANDIDATES.size // 2
    assert CANDIDATES[at] == 0.5
    score = np.where(mask(), np.float32(0.5), np.float32(0.0))
    assert weigh([score], [mask()]).f[[at, at + 1]].tolist() == [1.0, 0.0]


def test_what_is_weighed_is_what_would_be_reported() -> None:
    rng = np.random.default_rng(3)
    score = rng.random(SHAPE, np.float32)
    found = weigh([thing(0.9), score], [mask(), mask(changed=False)]).false_regions_per_mpx
    at = int(np.searchsorted(CANDIDATES, 0.97))
    regions = int(reported(score, float(CANDIDATES[at])).any())
    assert (found[at] > 0) == bool(regions)


def test_without_any_change_there_is_nothing_to_choose_by() -> None:
    with pytest.raises(ValueError, match="no pair shows a change"):
        choose([flat(0.1)], [mask(changed=False)])

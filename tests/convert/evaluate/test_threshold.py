from __future__ import annotations

import numpy as np
import pytest

from convert.evaluate.cleanup import reported
from convert.evaluate.threshold import CANDIDATES, LEVELS, Evidence, choose, pick, weigh

SHAPE = (64, 64)
THING = (slice(20, 30), slice(20, 30))
DEEP = float(LEVELS[0])


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


def test_regions_reach_down_to_what_lies_between_changed_and_unchanged() -> None:
    choice = choose([thing(0.9, 0.1)], [mask()])
    assert 0.1 < choice.threshold * choice.reach < choice.threshold <= 0.9


def test_a_false_region_on_an_unchanged_pair_lifts_the_threshold_above_it() -> None:
    pairs = [thing(0.9), thing(0.6)], [mask(), mask(changed=False)]
    assert 0.6 < choose(*pairs, false_regions_per_mpx=1.0).threshold <= 0.9


def test_faint_things_with_a_strong_core_are_told_as_a_whole() -> None:
    faint, false = thing(0.4), thing(0.5)
    faint[24:26, 24:26] = 0.95
    choice = choose([faint, false], [mask(), mask(changed=False)], false_regions_per_mpx=1.0)
    assert choice.threshold > 0.5
    assert np.array_equal(reported(faint, choice.threshold, choice.reach), mask())


def test_a_speck_on_an_unchanged_pair_does_not_lift_it() -> None:
    speck = flat(0.01)
    speck[5:8, 5:8] = 0.95
    false = weigh([thing(0.9), speck], [mask(), mask(changed=False)], DEEP).false_regions_per_mpx
    assert false.max() == 0


def test_every_false_region_counts() -> None:
    score = flat(0.01)
    score[2:8, 2:8] = score[20:26, 20:26] = 0.6
    false = weigh([thing(0.9), score], [mask(), mask(changed=False)], DEEP).false_regions_per_mpx
    below, above = (int(np.searchsorted(CANDIDATES, level)) for level in (0.5, 0.7))
    assert false[below] == pytest.approx(2 * 1e6 / score.size)
    assert false[above] == 0


def evidence(level: float, f: float, false: float) -> Evidence:
    return Evidence(level, np.full(CANDIDATES.size, f), np.full(CANDIDATES.size, false))


def test_the_level_with_the_best_f_is_taken() -> None:
    choice = pick([evidence(0.2, 0.5, 0.0), evidence(0.4, 0.7, 0.0)])
    assert choice.threshold * choice.reach == pytest.approx(0.4)


def test_of_levels_that_are_nearly_as_good_the_highest_is_taken() -> None:
    choice = pick([evidence(0.2, 0.700, 0.0), evidence(0.4, 0.695, 0.0), evidence(0.6, 0.6, 0.0)])
    assert choice.threshold * choice.reach == pytest.approx(0.4)


def test_no_threshold_lies_below_its_level() -> None:
    choice = pick([evidence(0.8, 0.5, 0.0)])
    assert 0.8 < choice.threshold < 1
    assert choice.reach < 1


def test_a_budget_that_cannot_be_kept_is_missed_by_as_little_as_possible() -> None:
    choice = pick([evidence(0.2, 0.9, 20.0), evidence(0.4, 0.7, 9.0)], false_regions_per_mpx=1.0)
    assert choice.threshold * choice.reach == pytest.approx(0.4)


def test_an_edge_drawn_two_pixels_off_costs_nothing() -> None:
    shifted = flat(0.01)
    shifted[22:32, 20:30] = 0.9
    f = weigh([shifted], [mask()], DEEP).f
    assert f[np.searchsorted(CANDIDATES, 0.5)] == 1.0


def test_a_score_on_the_threshold_counts() -> None:
    at = CANDIDATES.size // 2
    assert CANDIDATES[at] == 0.5
    score = np.where(mask(), np.float32(0.5), np.float32(0.0))
    assert weigh([score], [mask()], DEEP).f[[at, at + 1]].tolist() == [1.0, 0.0]


def test_what_is_weighed_is_what_would_be_reported() -> None:
    rng = np.random.default_rng(3)
    score = rng.random(SHAPE, np.float32)
    for level in (0.5, 0.9):
        found = weigh([thing(0.9), score], [mask(), mask(changed=False)], level).false_regions_per_mpx
        for at in np.flatnonzero(level < CANDIDATES)[::10]:
            threshold = float(CANDIDATES[at])
            assert (found[at] > 0) == bool(reported(score, threshold, level / threshold).any())


def test_without_any_change_there_is_nothing_to_choose_by() -> None:
    with pytest.raises(ValueError, match="no pair shows a change"):
        choose([flat(0.1)], [mask(changed=False)])

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convert.evaluate.invariances import DISTURBANCES, SIDES_PX, forgiven, recall, swapped
from convert.evaluate.threshold import Choice
from tests.convert.data.painting import scene

if TYPE_CHECKING:
    from edge.types import Pixels, ScoreMap

CHOICE = Choice(0.5, 0.8)
PICTURES = [scene(seed) for seed in range(6)]


@dataclass(frozen=True)
class Subtracting:
    """Scores the difference of both pictures, one grey level as much as stated."""

    step: float
    name: str = "subtracting"
    threshold: float = 0.5
    reach: float = 0.8

    def score(self, before: Pixels, after: Pixels) -> ScoreMap:
        """See ``Judge``."""
        apart = (after.astype(np.float32) - before.astype(np.float32)).mean(2)
        return np.asarray(np.clip(apart * np.float32(self.step), 0, 1), np.float32)


SHY, BLIND = Subtracting(0.02), Subtracting(0.0)


def test_a_judge_that_says_nothing_forgives_all_and_finds_nothing() -> None:
    assert all(
        each.pixels == 0 == each.pictures for each in forgiven(BLIND, CHOICE, PICTURES, seed=0).values()
    )
    found = recall(BLIND, CHOICE, PICTURES, seed=0)
    assert all(share == 0 for by_side in found.values() for share in by_side.values())


def test_every_disturbance_is_told_and_light_is_what_a_difference_does_not_forgive() -> None:
    found = forgiven(SHY, CHOICE, PICTURES, seed=0)
    assert list(found) == list(DISTURBANCES)
    assert found["nothing but noise of 2 grey levels"].pictures == 0
    assert found["light x1.25"].pictures == 1
    assert 0 < found["light x1.25"].pixels <= 1


def test_squares_are_found_where_they_were_laid() -> None:
    many = [scene(seed) for seed in range(30)]
    found = recall(SHY, CHOICE, many, seed=0)
    assert list(found["60"]) == [str(side_px) for side_px in SIDES_PX]
    assert found["60"]["3"] == 0  # nine pixels are a speck
    # A difference of one sign sees what got brighter.
    assert 0 < found["60"]["12"] < 1
    # A step of 30 grey levels is scored .6, and half of the squares got brighter.
    assert 0 < found["30"]["12"] < 1


def test_a_report_elsewhere_finds_no_square() -> None:
    class Elsewhere(Subtracting):
        def score(self, before: Pixels, after: Pixels) -> ScoreMap:
            del after
            score = np.zeros(before.shape[:2], np.float32)
            score[:4, :4] = 1  # squares keep away from the border
            return score

    assert recall(Elsewhere(1.0), CHOICE, PICTURES, seed=0)["60"]["6"] == 0


def test_squares_fit_into_the_smallest_pairs_that_a_recipe_may_ask_for() -> None:
    small = [scene(seed, side=32) for seed in range(3)]
    assert recall(BLIND, CHOICE, small, seed=0)["60"]["18"] == 0


def test_the_same_seed_gives_the_same_figures() -> None:
    assert recall(SHY, CHOICE, PICTURES, seed=3) == recall(SHY, CHOICE, PICTURES, seed=3)
    assert forgiven(SHY, CHOICE, PICTURES, seed=3) == forgiven(SHY, CHOICE, PICTURES, seed=3)


def test_a_judge_that_goes_by_the_order_is_told_from_one_that_does_not() -> None:
    brighter = np.clip(PICTURES[0].astype(int) + 30, 0, 255).astype(np.uint8)
    shown, turned = (PICTURES[0], brighter), (brighter, PICTURES[0])
    assert swapped(BLIND, [BLIND.score(*shown)], [turned]) == 0
    assert swapped(SHY, [SHY.score(*shown)], [turned]) > 0.3

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("keras", reason="needs the convert extra: pip install '.[convert]'")

from convert.models.losses import FEW, MOST_WEIGHT, PairLoss, overlap
from tests.convert.contexts import KERAS

pytestmark = KERAS

SURE = 30.0
"""A logit so large that its probability is one."""


def square(*, side: int = 8, at: int = 2, wide: int = 3) -> np.ndarray:
    mask = np.zeros((1, side, side, 1), np.float32)
    mask[0, at : at + wide, at : at + wide] = 1
    return mask


def sure(mask: np.ndarray) -> np.ndarray:
    """Return logits that say just this."""
    return np.asarray((2 * mask - 1) * SURE)


def loss(truth: np.ndarray, logits: np.ndarray, *, overlap_weight: float = 0.5) -> float:
    return float(PairLoss(overlap_weight)(truth, logits))


@pytest.mark.parametrize("truth", [square(), np.zeros((1, 8, 8, 1), np.float32)], ids=["a-change", "none"])
def test_to_be_sure_and_right_costs_nothing(truth: np.ndarray) -> None:
    assert loss(truth, sure(truth)) == pytest.approx(0, abs=1e-5)


def test_to_say_nothing_costs_the_logarithm_of_two_and_the_overlap() -> None:
    truth = np.zeros((1, 8, 8, 1), np.float32)
    logits = np.zeros_like(truth)
    halves = 64 * 0.5
    wanted = np.log(2) + 0.5 * (1 - 1 / (halves + 1))
    assert loss(truth, logits) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    ("wide", "weight"),
    [
        pytest.param(2, MOST_WEIGHT, id="one-in-a-hundred"),
        pytest.param(3, FEW / (9 / 400), id="two-in-a-hundred"),
        pytest.param(8, 1.0, id="many"),
    ],
)
def test_where_few_pixels_changed_each_counts_as_several_others(wide: int, weight: float) -> None:
    truth = square(side=20, wide=wide)
    logits = np.zeros_like(truth)
    wanted = np.log(2) * (1 + (weight - 1) * truth.mean())
    assert loss(truth, logits, overlap_weight=0.0) == pytest.approx(wanted, rel=1e-5)


def test_each_pair_is_weighed_by_itself() -> None:
    few, many = square(side=20, wide=2), square(side=20, wide=8)
    together = loss(np.concatenate([few, many]), np.zeros((2, 20, 20, 1), np.float32), overlap_weight=0.0)
    alone = [loss(truth, np.zeros_like(truth), overlap_weight=0.0) for truth in (few, many)]
    assert together == pytest.approx(np.mean(alone), rel=1e-5)


def test_pairs_of_a_batch_count_alike() -> None:
    truth = np.concatenate([square(), np.zeros_like(square())])
    logits = np.concatenate([sure(square()), np.full_like(square(), 3.0)])
    each = [loss(truth[i : i + 1], logits[i : i + 1]) for i in range(2)]
    assert loss(truth, logits) == pytest.approx(np.mean(each), rel=1e-5)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        pytest.param(square(), 1.0, id="the-same-place"),
        pytest.param(square(at=5), 1 / (9 + 9 + 1), id="another-place"),
        pytest.param(np.zeros_like(square()), 1 / (9 + 1), id="nothing"),
        pytest.param(np.ones_like(square()), (2 * 9 + 1) / (9 + 64 + 1), id="everything"),
    ],
)
def test_overlap(said: np.ndarray, wanted: float) -> None:
    assert float(overlap(square(), said)[0]) == pytest.approx(wanted, rel=1e-5)


def test_two_empty_masks_overlap_wholly() -> None:
    empty = np.zeros((1, 4, 4, 1), np.float32)
    assert float(overlap(empty, empty)[0]) == 1

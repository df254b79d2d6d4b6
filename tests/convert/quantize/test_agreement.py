from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs the convert extra: pip install '.[convert]'")

from convert.data.targets import halved
from convert.quantize.agreement import MOST_DB, by_layer, of_whole
from convert.quantize.picture import agreement_picture
from convert.quantize.views import View
from tests.tiny_models import SIDE, TINY, TINY_FLOAT


def view(seed: int) -> View:
    """Return noise, and a bright square that appears in it."""
    rng = np.random.default_rng(seed)
    before = rng.integers(0, 100, (SIDE, SIDE, 3), dtype=np.uint8)
    after, mask = before.copy(), np.zeros((SIDE, SIDE), np.uint8)
    after[8:16, 8:16], mask[8:16, 8:16] = 255, 255
    return View(before, after, mask)


VIEWS = [view(seed) for seed in range(3)]


def test_a_rounded_layer_is_close_to_its_float_form() -> None:
    (layer,) = by_layer(TINY.file(), TINY_FLOAT.file(), {"score"}, VIEWS)
    assert (layer.layer, layer.pictures) == ("score", "current and reference")
    assert layer.sqnr_db > 15
    assert layer.cosine > 0.99


def test_a_file_agrees_with_itself_to_the_last_bit() -> None:
    (layer,) = by_layer(TINY.file(), TINY.file(), {"score"}, VIEWS)
    assert (layer.sqnr_db, layer.cosine) == (MOST_DB, 1.0)


def test_another_network_disagrees() -> None:
    other = replace(TINY, bias=9.0).file()
    (layer,) = by_layer(other, TINY_FLOAT.file(), {"score"}, VIEWS)
    assert layer.sqnr_db < 5


def test_answers_are_compared_with_each_other_and_with_the_truth() -> None:
    whole = of_whole(TINY.file(), TINY_FLOAT.file(), VIEWS, halved)
    assert whole.mask_agreement > 0.99
    assert whole.max_score_difference < 0.05
    assert whole.f1 == pytest.approx(1.0, abs=0.01)
    assert whole.float_f1 == pytest.approx(1.0, abs=0.01)


def test_the_picture_is_one() -> None:
    layers = by_layer(TINY.file(), TINY_FLOAT.file(), {"score"}, VIEWS)
    assert agreement_picture({"qat": layers, "ptq": layers}).startswith(b"\x89PNG")

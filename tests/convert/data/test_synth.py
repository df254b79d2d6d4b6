from __future__ import annotations

import numpy as np
import pytest

from convert.data import synth
from convert.data.surface import Surface
from convert.recipe import DataRecipe
from tests.convert.data.painting import backgrounds, rng_of

BACKGROUNDS = backgrounds()
SMALL = DataRecipe(size_px=64, max_change_px=32)


def pairs(count: int, data: DataRecipe = SMALL) -> list[synth.SynthPair]:
    return [synth.pair(rng_of(7, number), BACKGROUNDS, data) for number in range(count)]


MANY = pairs(60)


@pytest.mark.parametrize("number", range(8))
def test_the_same_dice_paint_the_same_bytes(number: int) -> None:
    first, second = (synth.pair(rng_of(number), BACKGROUNDS, SMALL) for _ in range(2))
    assert first.reference.tobytes() == second.reference.tobytes()
    assert first.current.tobytes() == second.current.tobytes()
    assert first.mask.tobytes() == second.mask.tobytes()
    assert first.paints == second.paints


def test_other_dice_paint_something_else() -> None:
    assert len({pair.current.tobytes() for pair in MANY}) == len(MANY)


@pytest.mark.parametrize("size_px", [32, 48, 128])
def test_pairs_have_the_size_of_the_recipe(size_px: int) -> None:
    pair = synth.pair(rng_of(0), BACKGROUNDS, DataRecipe(size_px=size_px, max_change_px=16))
    assert pair.reference.shape == pair.current.shape == (size_px, size_px, 3)
    assert pair.mask.shape == (size_px, size_px)
    assert {pair.reference.dtype, pair.current.dtype, pair.mask.dtype} == {np.dtype(np.uint8)}


def test_some_scenes_are_seen_from_nearer(monkeypatch: pytest.MonkeyPatch) -> None:
    sides: list[int] = []
    seen = Surface.nearer

    def watched(surface: Surface, side: int) -> Surface:
        sides.append(surface.size[0])
        return seen(surface, side)

    monkeypatch.setattr(Surface, "nearer", watched)
    pairs(60, DataRecipe(size_px=64, max_change_px=32, scanned_share=0.0))
    full = 64 + 2 * synth.MARGIN_PX
    assert 0.3 < np.mean([side < full for side in sides]) < 0.7
    assert min(sides) >= full / synth.NEAREST - 1


def test_a_mask_is_black_and_white() -> None:
    assert {int(value) for pair in MANY for value in np.unique(pair.mask)} == {0, 255}


def test_the_recipe_says_how_many_pairs_changed() -> None:
    shares = [
        np.mean(
            [
                pair.mask.any()
                for pair in pairs(30, DataRecipe(size_px=64, max_change_px=32, changed_share=share))
            ]
        )
        for share in (0.0, 1.0)
    ]
    assert shares[0] == 0
    assert shares[1] > 0.8


def test_an_unchanged_pair_has_no_paint() -> None:
    assert all(
        pair.paints == () for pair in pairs(10, DataRecipe(size_px=64, max_change_px=32, changed_share=0))
    )


def test_a_pair_without_a_change_is_still_never_twice_the_same_picture() -> None:
    unchanged = pairs(20, DataRecipe(size_px=64, max_change_px=32, changed_share=0))
    assert all(not np.array_equal(pair.reference, pair.current) for pair in unchanged)


def test_what_came_and_what_went_are_alike() -> None:
    # Filled with one colour: the smoother of both pictures is the one that was painted on.
    brighter = [
        float(pair.current[pair.mask > 0].mean()) > float(pair.reference[pair.mask > 0].mean())
        for pair in MANY
        if pair.mask.any()
    ]
    assert 0.25 < np.mean(brighter) < 0.75


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0.0, 0.2), (1.0, 0.8, 1.0)])
def test_the_recipe_says_how_many_pairs_are_scans(share: float, least: float, most: float) -> None:
    data = DataRecipe(size_px=64, max_change_px=32, scanned_share=share)
    extreme = [((pair.reference < 60) | (pair.reference > 195)).mean() > 0.9 for pair in pairs(40, data)]
    assert least <= np.mean(extreme) <= most


def test_an_unchanged_scan_looks_nearly_the_same_twice() -> None:
    data = DataRecipe(size_px=64, max_change_px=32, scanned_share=1.0, changed_share=0.0)
    # A circuit may shift by a pixel or two: along its edges much is different, within them nothing.
    apart = [np.abs(pair.reference.astype(int) - pair.current).max(2) > 128 for pair in pairs(40, data)]
    assert np.median([found.mean() for found in apart]) < 0.1

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.changes import detect_changes
from edge.engines import default_engine
from edge.errors import ConfigError, ModelError
from edge.sim.engine import SimEngine
from edge.types import View
from edge.vision.encoded import encoded
from tests.tiny_models import store
from tests.vision.pictures import HEIGHT, WIDTH, in_colour, textured, with_square

if TYPE_CHECKING:
    from pathlib import Path

    from edge.types import Pixels

SCENE = textured()
BEFORE = in_colour(SCENE)
AFTER = in_colour(with_square(SCENE, 100, 80, 14, 60), seed=1, gain=0.85)
UNCHANGED = in_colour(SCENE, seed=1, gain=0.85)


def test_a_small_thing_is_found_where_it_is() -> None:
    found = detect_changes("difference", BEFORE, AFTER)
    assert found.view is View.OK
    assert found.changed
    (region,) = found.regions
    box = region.mask.box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((100, 80, 114, 94), abs=3)
    assert region.score >= found.threshold
    assert found.score.shape == (HEIGHT, WIDTH)


def test_another_light_is_no_change() -> None:
    found = detect_changes("difference", BEFORE, UNCHANGED)
    assert (found.view, found.regions, found.changed) == (View.OK, (), False)


def test_a_picture_does_not_differ_from_itself() -> None:
    found = detect_changes("difference", BEFORE, BEFORE)
    assert not found.changed
    assert not found.score.any()


def test_a_view_that_shifted_is_brought_back_and_the_shift_told() -> None:
    wide = textured(width=WIDTH + 4)
    found = detect_changes("difference", in_colour(wide[:, :-4]), in_colour(wide[:, 4:], seed=1))
    assert found.view is View.OK
    assert found.shift_px == pytest.approx((-4, 0), abs=0.3)
    inside = np.s_[8:-8, 8:-8]
    there = in_colour(wide[:, :-4], noise=0.0)[inside].astype(np.int16)
    assert np.abs(found.current[inside].astype(np.int16) - there).mean() < 6


@pytest.mark.parametrize(
    ("after", "view"),
    [
        pytest.param(in_colour(SCENE, gain=0.02), View.DARK, id="the-light-is-off"),
        pytest.param(in_colour(textured(seed=9)), View.COVERED, id="another-scene"),
        pytest.param(np.full_like(BEFORE, 128), View.COVERED, id="a-sheet-of-paper"),
    ],
)
def test_what_cannot_be_judged_says_why_and_never_passes_for_unchanged(after: Pixels, view: View) -> None:
    found = detect_changes("difference", BEFORE, after)
    assert (found.view, found.regions, found.changed) == (view, (), True)


def test_a_shift_beyond_the_limit_is_a_moved_view() -> None:
    wide = textured(width=WIDTH + 4)
    pair = in_colour(wide[:, :-4]), in_colour(wide[:, 4:], seed=1)
    assert detect_changes("difference", *pair, max_shift_px=2.0).view is View.MOVED


def test_a_smaller_change_than_wanted_is_left_out() -> None:
    assert detect_changes("difference", BEFORE, AFTER, min_change_px=12).changed
    assert not detect_changes("difference", BEFORE, AFTER, min_change_px=40).changed


def test_a_keener_look_counts_from_a_lower_score() -> None:
    dull, keen = (
        detect_changes("difference", BEFORE, BEFORE, sensitivity=wish).threshold for wish in (0.0, 1.0)
    )
    assert (dull, keen) == pytest.approx((2 / 3, 1 / 3))


def test_files_and_arrays_are_the_same_to_it(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("before.png", "after.png")]
    for path, pixels in zip(paths, (BEFORE, AFTER), strict=True):
        path.write_bytes(encoded(pixels))
    by_file = detect_changes("difference", str(paths[0]), paths[1])
    assert np.array_equal(by_file.score, detect_changes("difference", BEFORE, AFTER).score)


def test_what_comes_with_the_package_is_the_default() -> None:
    assert detect_changes("default", BEFORE, AFTER).model.id == default_engine().contract.model


def test_a_bundle_says_who_looked(tmp_path: Path) -> None:
    found = detect_changes(store(tmp_path), BEFORE, AFTER)
    assert (found.model.id, found.model.delegate) == ("tiny", "cpu")


def test_an_engine_is_used_as_it_is() -> None:
    engine = SimEngine()
    assert detect_changes(engine, BEFORE, AFTER).model.id == "sim"
    assert engine.runs == 1


@pytest.mark.parametrize(
    ("image", "cause"),
    [
        pytest.param(AFTER[:-1], "240 x 180 and 240 x 179", id="another-size"),
        pytest.param(AFTER.astype(np.float32), "image2: must be RGB, uint8", id="floats"),
        pytest.param(AFTER[..., 0], "image2: must be RGB", id="grey"),
        pytest.param(AFTER[:0], "image2: must be RGB", id="nothing"),
        pytest.param("/no/such.png", "No such file", id="no-file"),
    ],
)
def test_a_picture_that_cannot_be_compared_is_named(image: Pixels, cause: str) -> None:
    with pytest.raises(ConfigError, match=cause):
        detect_changes("difference", BEFORE, image)


def test_a_folder_that_is_no_bundle_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"contract\.json"):
        detect_changes(tmp_path, BEFORE, AFTER)


@pytest.mark.parametrize("side", [1, 7])
def test_a_picture_of_a_few_pixels_can_be_compared(side: int) -> None:
    assert not detect_changes("difference", BEFORE[:side, :side], BEFORE[:side, :side]).changed

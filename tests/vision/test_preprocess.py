from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.types import Denoise, Enhance, Preprocess
from edge.vision.light import grey
from edge.vision.preprocess import prepared
from tests.vision.pictures import in_colour, textured, with_square

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

EVERY = [Preprocess(enhance, denoise) for enhance, denoise in product(Enhance, Denoise)]
WORK = [preprocess for preprocess in EVERY if preprocess != Preprocess()]


def named(preprocess: Preprocess) -> str:
    """Return a short name."""
    return f"{preprocess.enhance.value}-{preprocess.denoise.value}"


def apart(one: Pixels, other: Pixels) -> float:
    """Return the mean distance of two pictures, in grey levels."""
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16)).mean())


def spread(pixels: NDArray[np.uint8]) -> float:
    """Return the mean contrast within 24 x 24 pixels, in grey levels."""
    cells = pixels[:168, :240].astype(np.float32).reshape(7, 24, 10, 24)
    return float(cells.std(axis=(1, 3)).mean())


def test_without_preprocessing_the_very_same_arrays_come_back() -> None:
    reference, current = in_colour(textured()), in_colour(textured(), seed=1)
    before, after = prepared(reference, current, Preprocess())
    assert before is reference
    assert after is current


@pytest.mark.parametrize("preprocess", WORK, ids=named)
@given(height=st.integers(1, 40), width=st.integers(1, 40))
def test_pictures_of_any_size_keep_it_and_are_not_changed(
    preprocess: Preprocess, height: int, width: int
) -> None:
    reference, current = (in_colour(textured(), seed=seed)[:height, :width].copy() for seed in (0, 1))
    for pixels in (reference, current):
        pixels.setflags(write=False)
    for made, given_ in zip(prepared(reference, current, preprocess), (reference, current), strict=True):
        assert made.shape == given_.shape
        assert made.dtype == np.uint8


@pytest.mark.parametrize("preprocess", WORK, ids=named)
def test_the_same_pair_is_prepared_alike_each_time(preprocess: Preprocess) -> None:
    reference, current = in_colour(textured()), in_colour(textured(), seed=1, gain=0.8)
    once, again = (prepared(reference, current, preprocess) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(once, again, strict=True))


@pytest.mark.parametrize("denoise", [Denoise.GAUSSIAN, Denoise.MEDIAN])
def test_denoising_brings_both_pictures_nearer_to_the_scene(denoise: Denoise) -> None:
    scene = in_colour(textured(), noise=0.0)
    noisy = [in_colour(textured(), seed=seed, noise=6.0) for seed in (1, 2)]
    clean = prepared(noisy[0], noisy[1], Preprocess(denoise=denoise))
    assert all(apart(made, scene) < 0.7 * apart(seen, scene) for made, seen in zip(clean, noisy, strict=True))


def test_a_median_removes_single_bright_pixels() -> None:
    scene = np.full((20, 20, 3), 90, np.uint8)
    hot = scene.copy()
    hot[7, 9] = 255
    assert np.array_equal(prepared(hot, scene, Preprocess(denoise=Denoise.MEDIAN))[0], scene)


def test_clahe_shows_more_contrast_in_a_dull_place_and_keeps_the_colour() -> None:
    dull = in_colour(100 + 0.25 * textured(), noise=0.5)
    even, _ = prepared(dull, dull, Preprocess(Enhance.CLAHE))
    assert spread(grey(even)) > 1.5 * spread(grey(dull))
    tint = [float(pixels[..., 0].mean()) - float(pixels[..., 2].mean()) for pixels in (dull, even)]
    assert tint[1] == pytest.approx(tint[0], abs=4.0)


def test_clahe_treats_a_crop_much_as_it_is_treated_within_its_picture() -> None:
    picture = in_colour(textured(height=512, width=512))
    inside = np.s_[128:384, 128:384]
    preprocess = Preprocess(Enhance.CLAHE)
    whole, crop = (prepared(p, p, preprocess)[0] for p in (picture, picture[inside].copy()))
    middle = np.s_[64:192, 64:192]
    assert apart(whole[inside][middle], crop[middle]) < 1.0


def test_the_reference_is_shown_in_todays_light() -> None:
    reference, current = in_colour(textured()), in_colour(textured(), seed=1, gain=0.6)
    before, after = prepared(reference, current, Preprocess(Enhance.RELIT))
    assert after is current
    assert apart(reference, current) > 30
    assert apart(before, current) < 6


def test_relighting_explains_no_small_change_away() -> None:
    reference = in_colour(textured())
    current = in_colour(with_square(textured(), 100, 80, 12, 45), seed=1, gain=0.8)
    before, after = prepared(reference, current, Preprocess(Enhance.RELIT))
    changed = np.s_[82:90, 102:110]
    assert apart(before[changed], after[changed]) > 4 * apart(before, after)

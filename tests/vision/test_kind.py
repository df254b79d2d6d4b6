from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from convert.data.kinds import KINDS, kind_case
from convert.evaluate.kinds import KindTally, tally
from edge.types import Box, Kind, Mask
from edge.vision.kind import kind_of
from tests.convert.data.painting import backgrounds, rng_of
from tests.vision.pictures import shot, square, textured, with_square

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLACE = square(100, 80, 12)
PLAIN = np.full((180, 240), 100.0, np.float32)


def kind(before: NDArray[np.float32], after: NDArray[np.float32], mask: Mask = PLACE) -> Kind:
    """Return what happened between two scenes."""
    return kind_of(shot(before, seed=1), shot(after, seed=2), mask)


def thing(scene: NDArray[np.float32], contrast: float = 60.0) -> NDArray[np.float32]:
    """Put a thing where the mask is."""
    return with_square(scene, 100, 80, 12, contrast)


@pytest.mark.parametrize("contrast", [-60.0, 60.0])
@pytest.mark.parametrize("scene", [PLAIN, textured(seed=4)], ids=["on-a-plain-table", "on-cloth"])
def test_what_has_an_outline_only_now_appeared(scene: NDArray[np.float32], contrast: float) -> None:
    assert kind(scene, thing(scene, contrast)) is Kind.APPEARED


@pytest.mark.parametrize("contrast", [-60.0, 60.0])
@pytest.mark.parametrize("scene", [PLAIN, textured(seed=4)], ids=["on-a-plain-table", "on-cloth"])
def test_what_had_an_outline_only_before_disappeared(scene: NDArray[np.float32], contrast: float) -> None:
    assert kind(thing(scene, contrast), scene) is Kind.DISAPPEARED


def test_what_has_an_outline_before_and_after_was_altered() -> None:
    assert kind(thing(PLAIN, 60.0), thing(PLAIN, -60.0)) is Kind.ALTERED


def test_what_has_no_outline_is_unknown() -> None:
    shadow = 100.0 - 20.0 * np.exp(
        -((np.arange(240)[None, :] - 106.0) ** 2 + (np.arange(180)[:, None] - 86.0) ** 2) / 800.0
    )
    assert kind(PLAIN, shadow.astype(np.float32)) is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        pytest.param(0, 1, Kind.UNKNOWN, id="a-step-of-one-grey-level-is-no-outline"),
        pytest.param(0, 5, Kind.APPEARED, id="one-of-five-is-where-nothing-else-is"),
        pytest.param(1, 3, Kind.UNKNOWN, id="a-little-more-than-nothing-is-not-enough"),
        pytest.param(1, 5, Kind.APPEARED, id="what-was-next-to-nothing-was-not-there"),
        pytest.param(3, 12, Kind.UNKNOWN, id="what-hardly-showed-may-have-been-there"),
        pytest.param(3, 30, Kind.APPEARED, id="unless-what-shows-now-is-many-times-clearer"),
        pytest.param(4, 12, Kind.ALTERED, id="what-showed-was-there"),
        pytest.param(30, 54, Kind.ALTERED, id="a-much-stronger-one-was-there-before"),
        pytest.param(5, 0, Kind.DISAPPEARED, id="one-of-five-went"),
        pytest.param(12, 3, Kind.UNKNOWN, id="what-hardly-shows-may-still-be-there"),
        pytest.param(12, 4, Kind.ALTERED, id="what-shows-is-still-there"),
    ],
)
def test_how_much_an_outline_must_differ(before: float, after: float, kind: Kind) -> None:
    first, then = (shot(with_square(PLAIN, 100, 80, 12, step), noise=0.0) for step in (before, after))
    assert kind_of(first, then, PLACE) is kind


@pytest.mark.parametrize("spill_px", [-1, 0, 2, 4, 6])
@pytest.mark.parametrize("scene", [PLAIN, textured(seed=5)], ids=["on-a-plain-table", "on-cloth"])
def test_a_mask_need_not_end_where_the_thing_does(scene: NDArray[np.float32], spill_px: int) -> None:
    mask = square(100 - spill_px, 80 - spill_px, 12 + 2 * spill_px)
    assert kind(scene, thing(scene), mask) is Kind.APPEARED
    assert kind(thing(scene), scene, mask) is Kind.DISAPPEARED


def test_a_mask_may_spill_over_on_one_side_more_than_on_another() -> None:
    assert kind(PLAIN, thing(PLAIN), Mask(Box(99, 78, 118, 96), np.ones((18, 19), np.bool_))) is Kind.APPEARED


def test_holes_in_a_mask_do_not_matter() -> None:
    scene, large = textured(seed=5), square(98, 78, 44)
    large.bits[10:20, 10:34] = False
    assert kind(scene, with_square(scene, 100, 80, 40, 60.0), large) is Kind.APPEARED


@pytest.mark.parametrize(
    ("left", "top"),
    [
        pytest.param(0, 0, id="top-left"),
        pytest.param(228, 0, id="top-right"),
        pytest.param(0, 168, id="bottom-left"),
        pytest.param(228, 168, id="bottom-right"),
    ],
)
def test_a_thing_in_a_corner_of_the_view_is_judged_by_the_edges_it_shows(left: int, top: int) -> None:
    after = with_square(PLAIN, left, top, 12, 80.0)
    assert kind(PLAIN, after, square(left, top, 12)) is Kind.APPEARED


def test_what_changed_elsewhere_does_not_matter() -> None:
    busy = with_square(PLAIN, 120, 80, 12, 100.0)
    assert kind(busy, thing(busy, 60.0)) is Kind.APPEARED


def test_a_mask_that_fills_the_view_has_no_outline() -> None:
    whole = Mask(Box(0, 0, 240, 180), np.ones((180, 240), np.bool_))
    assert kind(textured(), textured(seed=1), whole) is Kind.UNKNOWN


def test_what_is_a_pixel_wide_and_long_is_judged_too() -> None:
    line = Mask(Box(100, 80, 130, 81), np.ones((1, 30), np.bool_))
    after = PLAIN.copy()
    after[80, 100:130] += 80.0
    assert kind(PLAIN, after, line) is Kind.APPEARED


@pytest.mark.parametrize("side", [1, 2])
def test_what_is_hardly_a_pixel_is_judged_without_complaint(side: int) -> None:
    assert kind(PLAIN, PLAIN, square(100, 80, side)) is Kind.UNKNOWN


# ---- measured ----


@pytest.fixture(scope="module")
def measured() -> KindTally:
    """What is said of 300 painted cases, which no constant was chosen on."""
    paper = backgrounds()
    return tally(kind_case(rng_of(33, number), paper) for number in range(300))


def test_it_is_mostly_right(measured: KindTally) -> None:
    assert measured.right >= 0.85


def test_it_mostly_says_something(measured: KindTally) -> None:
    assert measured.answered >= 0.6


@pytest.mark.parametrize("happened", KINDS)
def test_what_is_said_of_a_kind_is_mostly_right(measured: KindTally, happened: Kind) -> None:
    of_kind = KindTally({pair: count for pair, count in measured.counts.items() if pair[0] is happened})
    assert of_kind.right >= 0.7
    assert of_kind.answered >= 0.6


def test_an_edge_longer_than_opencv_can_map_is_looked_at_in_larger_steps() -> None:
    bits = np.zeros((300, 400), np.bool_)
    bits[::2] = True  # teeth of a comb
    bits[:, :2] = True
    mask = Mask(Box(20, 20, 420, 320), bits)
    picture = np.full((340, 440), 90, np.uint8)
    assert kind_of(picture, picture, mask) is Kind.UNKNOWN

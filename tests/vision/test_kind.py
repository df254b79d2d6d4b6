from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.types import Box, Kind, Mask
from edge.vision.kind import kind_of
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
        pytest.param(0, 18, Kind.UNKNOWN, id="a-step-of-eighteen-grey-levels-is-no-outline"),
        pytest.param(0, 28, Kind.APPEARED, id="one-of-twenty-eight-is"),
        pytest.param(30, 42, Kind.ALTERED, id="one-a-little-stronger-was-there-before"),
        pytest.param(30, 54, Kind.APPEARED, id="one-much-stronger-came"),
        pytest.param(42, 30, Kind.ALTERED, id="one-a-little-weaker-is-there-still"),
        pytest.param(54, 30, Kind.DISAPPEARED, id="one-much-weaker-went"),
    ],
)
def test_how_much_an_outline_must_differ(before: float, after: float, kind: Kind) -> None:
    first, then = (shot(with_square(PLAIN, 100, 80, 12, step), noise=0.0) for step in (before, after))
    assert kind_of(first, then, PLACE) is kind


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

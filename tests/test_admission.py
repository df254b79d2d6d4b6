from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.admission import Admission
from edge.sight import Sight
from edge.types import Kind, Look, Mask, ModelTag, Region, View
from edge.vision.light import grey
from edge.vision.lights import Apart, light_of
from tests.stage import Stage, reference
from tests.vision.pictures import HEIGHT, WIDTH, instant, square

if TYPE_CHECKING:
    from edge.types import Reference

SPECK = square(20, 20, 12)


def look(*masks: Mask) -> Look:
    hot = np.zeros((HEIGHT, WIDTH), np.bool_)
    for mask in masks:
        hot[mask.box.top : mask.box.bottom, mask.box.left : mask.box.right] = True
    return Look(
        taken=instant(1.0),
        view=View.OK,
        regions=tuple(Region(mask, 0.9, Kind.APPEARED) for mask in masks),
        hot=hot,
        score=hot.astype(np.float32),
        shift_px=(0.0, 0.0),
        model=ModelTag("sim", "1", "sim"),
        infer_ms=1.0,
    )


@pytest.mark.parametrize(
    ("faded", "masks", "told", "believed"),
    [
        pytest.param(0.0, (SPECK,), (), True, id="a-little-in-the-same-colours"),
        pytest.param(2.0, (SPECK,), (), False, id="a-little-without-colours"),
        pytest.param(0.0, (square(20, 20, 60),), (), False, id="much"),
        pytest.param(0.0, (square(20, 20, 60),), (square(20, 20, 60),), True, id="much-that-is-known"),
        pytest.param(0.0, tuple(square(20 + 40 * n, 20, 6) for n in range(4)), (), False, id="many-places"),
    ],
)
def test_believed(*, faded: float, masks: tuple[Mask, ...], told: tuple[Mask, ...], believed: bool) -> None:
    light = light_of(reference().pixels)
    admission = Admission("dim", light, Apart(faded, -1.2, 0.1), learn_s=2.0)
    shown = admission.believed(look(*masks), told)
    assert (bool(shown.regions), shown.settled) == (believed, believed)


def admitted(*masks: Mask) -> Reference:
    """Return what is learned of a light in which these places differ all the time."""
    stage = Stage(fps=1.0)
    admission = Admission("ir", light_of(reference().pixels), Apart(2.0, 0.0, 0.0), learn_s=4.0)
    for frame in stage.frames(20.0):
        sight = Sight(frame.taken, frame.pixels, grey(frame.pixels), np.ones((HEIGHT, WIDTH), np.bool_))
        fresh = admission.look(sight, look(*masks).hot, ())
        if fresh is not None:
            return fresh
    pytest.fail("nothing was learned")


def test_a_small_place_that_differs_in_a_new_light_stays_unknown() -> None:
    fresh = admitted(SPECK)
    assert (fresh.light, fresh.golden) == ("ir", False)
    assert not fresh.learned[20:32, 20:32].any()
    assert fresh.learned[60:, 60:].mean() > 0.98


def test_a_large_one_is_learned_or_the_night_would_go_unwatched() -> None:
    fresh = admitted(SPECK, square(80, 60, 100))
    assert fresh.learned[70:150, 90:170].mean() > 0.98
    assert not fresh.learned[20:32, 20:32].any()

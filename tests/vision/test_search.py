from __future__ import annotations

import numpy as np
import pytest

from edge.sim.optics import Bump, bumped, palm
from edge.sim.scene import tabletop
from edge.vision.align import landmarks
from edge.vision.light import grey
from edge.vision.search import search

SCENE = tabletop(480, 270)
KNOWN = landmarks(grey(SCENE))


@pytest.mark.parametrize(
    ("across", "down", "degrees"),
    [
        pytest.param(60, 0, 0.0, id="sideways"),
        pytest.param(-37, 45, 0.0, id="both-ways"),
        pytest.param(40, -20, 0.8, id="and-turned-a-little"),
        pytest.param(150, 0, 0.0, id="by-a-third-of-the-picture"),
    ],
)
def test_a_view_that_moved_far_is_found_and_measured(across: int, down: int, degrees: float) -> None:
    found = search(KNOWN, grey(bumped(SCENE, Bump(across, down, degrees))))
    assert found is not None
    assert found.shift_px == pytest.approx((across, down), abs=1.0)
    assert found.rotation_deg == pytest.approx(-degrees, abs=0.2)
    assert found.largest_px >= np.hypot(across, down) - 1.0


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(palm(270, 480), id="a-hand-on-the-lens"),
        pytest.param(np.ascontiguousarray(SCENE[::-1, ::-1]), id="upside-down"),
    ],
)
def test_what_does_not_show_the_view_is_not_found(picture: np.ndarray) -> None:
    assert search(KNOWN, grey(picture)) is None

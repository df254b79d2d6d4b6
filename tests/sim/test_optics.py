from __future__ import annotations

import numpy as np
import pytest

from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.optics import Bump, Fog, bumped, fogged, in_infrared, palm
from edge.sim.scene import arrange, tabletop
from edge.sim.script import FogsUp, Freezes, IsBumped, IsCovered, Script, TurnsInfrared
from edge.types import Frame

SCENE = tabletop(160, 120)


def test_infrared_is_grey_and_no_brighter_or_darker_copy() -> None:
    seen = in_infrared(SCENE).astype(np.int16)
    assert (seen[..., 0] == seen[..., 1]).all()
    assert (seen[..., 1] == seen[..., 2]).all()
    brightness = SCENE @ np.array([0.299, 0.587, 0.114])
    assert np.corrcoef(seen[..., 0].ravel(), brightness.ravel())[0, 1] < 0.999


def test_a_bump_moves_the_view_by_what_it_says() -> None:
    moved = bumped(SCENE, Bump(7.0, -3.0))
    assert np.array_equal(moved[10:90, 30:150], SCENE[13:93, 23:143])


def test_a_veil_takes_contrast_and_leaves_the_brightness() -> None:
    veiled = fogged(SCENE, Fog(veil=0.5))
    assert veiled.std(axis=(0, 1)) == pytest.approx(SCENE.std(axis=(0, 1)) / 2, rel=0.1)
    assert veiled.mean() == pytest.approx(SCENE.mean(), abs=1.5)


def test_a_hand_on_the_lens_has_no_detail() -> None:
    assert np.abs(np.diff(palm(120, 160).astype(np.int16), axis=1)).max() <= 1


@pytest.mark.parametrize(
    ("cue", "field"),
    [
        pytest.param(TurnsInfrared(2.0, 3.0), "infrared", id="infrared"),
        pytest.param(IsCovered(2.0, 3.0), "covered", id="covered"),
        pytest.param(Freezes(2.0, 3.0), "frozen", id="frozen"),
        pytest.param(IsBumped(2.0, 3.0, Bump(1.0)), "bump", id="bumped"),
        pytest.param(FogsUp(2.0, 3.0, Fog(1.0)), "fog", id="fogged"),
    ],
)
def test_it_lasts_as_long_as_the_script_says(cue: IsCovered, field: str) -> None:
    script = Script(9.0, (cue,))
    assert [bool(getattr(script.at(second), field)) for second in (1.9, 2.0, 4.9, 5.0)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_frozen_camera_repeats_its_bytes() -> None:
    scene = arrange(SCENE, seed=1, count=1)
    camera = SimCamera("bench", scene, Script(4.0, (Freezes(1.0, 2.0),)), SimClock(), fps=5.0)
    frames = [tick.pixels for tick in camera.frames() if isinstance(tick, Frame)]
    assert all(np.array_equal(frames[4], frames[number]) for number in range(5, 15))
    assert not np.array_equal(frames[14], frames[15])

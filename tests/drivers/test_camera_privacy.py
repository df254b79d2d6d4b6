from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.drivers.camera_privacy import PrivateCamera
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import Scene, tabletop
from edge.sim.script import Fails, Script
from edge.types import Frame, NoFrame

if TYPE_CHECKING:
    from edge.sim.script import Cue

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))


def filming(*cues: Cue) -> SimCamera:
    return SimCamera("shelf", Scene(tabletop(64, 48)), Script(1.0, cues), SimClock())


def test_private_pixels_are_black_and_all_others_untouched() -> None:
    bare = [tick for tick in filming().frames() if isinstance(tick, Frame)]
    private = [tick for tick in PrivateCamera(filming(), (LEFT,)).frames() if isinstance(tick, Frame)]
    assert not any(frame.pixels[:, :32].any() for frame in private)
    assert all(np.array_equal(a.pixels[:, 35:], b.pixels[:, 35:]) for a, b in zip(bare, private, strict=True))


def test_the_rest_of_a_frame_is_passed_on() -> None:
    bare = [(tick.camera, tick.moment) for tick in filming().frames()]
    assert [(tick.camera, tick.moment) for tick in PrivateCamera(filming(), (LEFT,)).frames()] == bare


def test_private_frames_cannot_be_written() -> None:
    first = next(PrivateCamera(filming(), (LEFT,)).frames())
    assert isinstance(first, Frame)
    with pytest.raises(ValueError, match="read-only"):
        first.pixels[0, 0] = 255


def test_trouble_is_passed_on() -> None:
    ticks = list(PrivateCamera(filming(Fails(0.0, 1.0)), (LEFT,)).frames())
    assert all(isinstance(tick, NoFrame) for tick in ticks)


def test_closing_reaches_the_camera() -> None:
    camera = PrivateCamera(filming(), (LEFT,))
    frames = camera.frames()
    next(frames)
    camera.close()
    assert list(frames) == []

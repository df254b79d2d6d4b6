from io import StringIO

import pytest

from edge.demo.narrator import Narrator
from edge.demo.observed_camera import ObservedCamera
from edge.demo.screen import Screen
from edge.demo.story import Lasting, Silent
from edge.demo.told import Area
from edge.errors import CameraError
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import Scene, tabletop
from edge.sim.script import Fails, Script
from edge.types import Frame

SCENE = Scene(tabletop(64, 36))


def observed(script: Script, told: list[int], *, keep_s: float | None = None) -> ObservedCamera:
    camera = SimCamera("bench", SCENE, script, SimClock(), fps=5.0)
    return ObservedCamera(camera, "sim:bench", lambda frame: told.append(frame.index), keep_s=keep_s)


def test_frames_are_counted_and_passed_on() -> None:
    told: list[int] = []
    seen = observed(Script(2.0, (Fails(0.4, 1.0),)), told)
    passed = [tick.index for tick in seen.frames() if isinstance(tick, Frame)]
    assert passed == told == [0, 1, 7, 8, 9]
    assert (seen.frames_seen, seen.trouble) == (5, "the script says so")
    assert seen.lasted_s == pytest.approx(1.8)


def test_the_frame_asked_for_is_kept() -> None:
    seen = observed(Script(2.0), [], keep_s=0.9)
    list(seen.frames())
    assert seen.kept is not None
    assert seen.kept.index == 5


def test_a_camera_that_never_gives_a_frame_is_an_error_that_says_why() -> None:
    seen = observed(Script(60.0, (Fails(0.0, 60.0),)), [])
    with pytest.raises(CameraError, match=r"sim:bench.*the script says so"):
        list(seen.frames())
    assert seen.lasted_s == 0.0


def test_a_camera_that_gave_a_frame_may_be_silent_for_long() -> None:
    seen = observed(Script(60.0, (Fails(1.0, 50.0),)), [])
    list(seen.frames())
    assert seen.frames_seen == 50


def test_closing_reaches_the_camera() -> None:
    seen = observed(Script(2.0), [])
    frames = seen.frames()
    next(frames)
    seen.close()
    assert list(frames) == []


def test_each_moment_is_told_once_with_the_first_frame_that_shows_it() -> None:
    out = StringIO()
    truths = (Silent(0.0, "start"), Lasting(0.5, "gone", Area(0, 0, 1, 1), 1.1, "back"), Silent(0.9, "light"))
    narrator = Narrator(truths, Screen(out, json_lines=False))
    told = []
    for tick in SimCamera("bench", SCENE, Script(2.0), SimClock(), fps=5.0).frames():
        assert isinstance(tick, Frame)
        before = out.getvalue()
        narrator.tell(tick)
        told += [(tick.index, line[6:]) for line in out.getvalue()[len(before) :].splitlines()]
    assert told == [(0, "start"), (3, "gone"), (5, "light"), (6, "back")]

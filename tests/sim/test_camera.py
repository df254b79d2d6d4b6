import hashlib
from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import Scene, arrange, tabletop
from edge.sim.script import Cue, Fails, LightStep, PartVanishes, Script, WalksThrough
from edge.types import Frame, NoFrame

SCENE = arrange(tabletop(320, 180), seed=3, count=3)


def filmed(*cues: Cue, scene: Scene = SCENE, seconds: float = 4.0, seed: int = 0) -> list[Frame]:
    camera = SimCamera("bench", scene, Script(seconds, cues), SimClock(), fps=5.0, seed=seed)
    return [frame for frame in camera.frames() if isinstance(frame, Frame)]


def mean(frames: list[Frame]) -> NDArray[np.float64]:
    return np.asarray(np.mean([frame.pixels for frame in frames], axis=0))


def test_the_same_seed_gives_the_same_bytes_on_every_machine() -> None:
    digest = hashlib.sha256()
    for frame in filmed(LightStep(1.0, 0.7, warmth=0.05), PartVanishes(2.0, 0), WalksThrough(1.0, 3.0)):
        digest.update(frame.pixels.tobytes())
    assert digest.hexdigest() == "5dee4dcd2f3b71b0d46b34f110e3da1e30a791df937e3b8dd04a52f6c0c22ddf"


def test_another_seed_gives_other_noise() -> None:
    assert not np.array_equal(filmed(seed=1)[0].pixels, filmed(seed=2)[0].pixels)


def test_frames_come_one_period_apart() -> None:
    taken = [frame.taken.mono_ns for frame in filmed()]
    assert taken == [index * 200_000_000 for index in range(20)]


def test_frames_are_read_only() -> None:
    assert not filmed(seconds=0.2)[0].pixels.flags.writeable


def test_a_slow_consumer_gets_the_frame_of_now() -> None:
    clock = SimClock()
    indices = []
    for frame in islice(SimCamera("bench", SCENE, Script(4.0), clock, fps=5.0).frames(), 3):
        assert isinstance(frame, Frame)
        indices.append(frame.index)
        clock.advance(0.5)
    assert indices == [0, 2, 5]


@pytest.mark.parametrize("level", [16, 64, 128, 230])
def test_noise_grows_with_the_light_and_is_the_sensor_s(level: int) -> None:
    plain = Scene(np.full((180, 320, 3), level, np.uint8))
    stack = np.stack([frame.pixels for frame in filmed(scene=plain, seconds=8.0)])
    spread = float(np.sqrt(stack.astype(float).var(axis=0, ddof=1).mean()))
    # Rounding to whole grey levels adds a twelfth.
    assert spread == pytest.approx(np.sqrt(2.5**2 * (0.4 + 0.6 * level / 128) + 1 / 12), rel=0.05)


def test_noise_is_independent_from_frame_to_frame_and_channel_to_channel() -> None:
    plain = Scene(np.full((180, 320, 3), 128, np.uint8))
    one, two = (frame.pixels.astype(float) - 128 for frame in filmed(scene=plain, seconds=0.4))
    pairs = [(one, two), (one[..., 0], one[..., 1]), (one[:, 1:], one[:, :-1])]
    assert all(abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 0.02 for a, b in pairs)


def test_a_light_step_scales_the_mean_and_falls_unevenly() -> None:
    plain = Scene(np.full((180, 320, 3), 120, np.uint8))
    after = mean(filmed(LightStep(0.0, 0.65, ramp_s=0.0), scene=plain))[..., 1] / 120.0
    assert float(after.mean()) == pytest.approx(0.65, abs=0.01)
    assert 0.0 < float(np.ptp(after)) < 0.2


def test_a_part_that_vanishes_changes_its_place_and_nowhere_else() -> None:
    frames = filmed(PartVanishes(4.0, 1), seconds=8.0)
    moved = np.abs(mean(frames[20:]) - mean(frames[:20])).max(axis=-1)
    box = SCENE.parts[1].box
    inside = moved[box.top : box.bottom, box.left : box.right]
    assert inside.max() > 40.0
    moved[box.top : box.bottom, box.left : box.right] = 0.0
    assert moved.max() < 6.0


@pytest.mark.parametrize("rightward", [True, False], ids=["rightward", "leftward"])
def test_somebody_enters_at_one_side_and_leaves_at_the_other(rightward: bool) -> None:  # noqa: FBT001 - a column
    still = mean(filmed())
    places = []
    for frame in filmed(WalksThrough(0.0, 4.0, feet=0.9, rightward=rightward)):
        columns = np.flatnonzero((np.abs(frame.pixels - still).max(axis=-1) > 30.0).sum(axis=0) > 20)
        places.extend([float(columns.mean())] if columns.size else [])
    way = np.diff(places)
    assert len(places) > 12
    assert (way > 0).all() if rightward else (way < 0).all()


def test_where_nobody_is_the_picture_stays_as_it_was() -> None:
    still = filmed(seconds=0.2)[0].pixels
    walked = filmed(WalksThrough(0.0, 4.0, feet=0.9), seconds=0.2)[0].pixels
    assert np.array_equal(still[:, 160:], walked[:, 160:])


def test_a_camera_that_fails_says_so_and_comes_back() -> None:
    camera = SimCamera("bench", SCENE, Script(2.0, (Fails(0.4, 1.0),)), SimClock(), fps=5.0)
    kinds = [type(frame) for frame in camera.frames()]
    assert kinds == [Frame] * 2 + [NoFrame] * 5 + [Frame] * 3


def test_shaking_moves_the_view_by_about_as_much_as_asked() -> None:
    ramp = np.repeat(np.arange(160, dtype=np.uint8)[None, :] + 40, 180, axis=0)
    scene = Scene(np.repeat(ramp[..., None], 3, axis=2))
    camera = SimCamera("bench", scene, Script(40.0), SimClock(), noise=0.0, jitter_px=0.5)
    frames = [
        frame.pixels[:, 20:-20, 0].astype(float) for frame in camera.frames() if isinstance(frame, Frame)
    ]
    shifts = [float((frame - ramp[:, 20:-20]).mean()) for frame in frames]
    assert np.std(shifts) == pytest.approx(0.5, abs=0.1)


def test_closing_ends_the_film() -> None:
    camera = SimCamera("bench", SCENE, Script(4.0), SimClock())
    frames = camera.frames()
    next(frames)
    camera.close()
    assert list(frames) == []

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.core.limits import Limits
from edge.detector import Detector
from edge.learning import Learning
from edge.sight import Sight
from edge.sim.engine import SimEngine
from edge.types import Box, Mask
from edge.vision.light import grey
from tests.stage import BARE, PLACE, THING, Stage, reference
from tests.vision.pictures import HEIGHT, WIDTH, in_colour, textured

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from edge.types import Reference

LEARN_S = 4.0
RIGHT_FIFTH = np.zeros_like(PLACE)
RIGHT_FIFTH[:, -WIDTH // 5 :] = True
RIGHT_HALF = np.zeros_like(PLACE)
RIGHT_HALF[:, -WIDTH * 9 // 20 :] = True


def restless(where: NDArray[np.bool_], step: int) -> NDArray[np.float32]:
    """Return the scene with a part that never looks the same."""
    return np.where(where, BARE + np.float32(40.0 * (step % 4) - 60.0), BARE).astype(np.float32)


def learned_at(stage: Stage, scenes: Iterable[NDArray[np.float32]]) -> tuple[float, Reference] | None:
    """Return after how many seconds the scene was known, and as what."""
    learning = Learning(LEARN_S)
    began: int | None = None
    for scene in scenes:
        frame = stage.frame(scene)
        began = frame.taken.mono_ns if began is None else began
        known = learning.first(frame)
        if known is not None:
            return (frame.taken.mono_ns - began) / 1e9, known
    return None


def test_a_still_scene_is_known_after_the_learning_time_and_not_before() -> None:
    second, known = learned_at(Stage(), [BARE] * 40) or (0.0, reference())
    assert LEARN_S <= second <= LEARN_S + 1.0
    assert (known.id, known.light) == ("day-1", "day")
    assert known.learned.mean() > 0.99
    assert np.abs(known.pixels.astype(np.int16) - reference().pixels).mean() < 2.0


def test_while_a_fifth_of_the_scene_is_restless_it_waits_for_that_to_end() -> None:
    scenes = [restless(RIGHT_FIFTH, n) for n in range(40)] + [BARE] * 400
    second, known = learned_at(Stage(), scenes) or (0.0, reference())
    assert second >= 3.0 * LEARN_S
    assert not known.learned[RIGHT_FIFTH].all()
    assert known.learned[~RIGHT_FIFTH].mean() > 0.99


def test_after_three_times_the_learning_time_half_of_the_scene_will_do() -> None:
    second, known = learned_at(Stage(), [restless(RIGHT_HALF, n) for n in range(90)]) or (0.0, reference())
    assert 3.0 * LEARN_S <= second <= 3.0 * LEARN_S + 1.0
    assert not known.learned[RIGHT_HALF].any()
    assert known.learned[~RIGHT_HALF].mean() > 0.99


def test_a_scene_of_which_not_even_half_is_ever_still_is_never_known() -> None:
    assert learned_at(Stage(), [restless(~RIGHT_HALF, n) for n in range(120)]) is None


def test_a_camera_that_trembles_while_it_learns_is_held_still() -> None:
    rng = np.random.default_rng(0)
    shifts = [(0, 0), *((int(x), int(y)) for x, y in rng.integers(-2, 3, (40, 2)))]
    scenes = [np.roll(BARE, shift, axis=(0, 1)) for shift in shifts]
    _, known = learned_at(Stage(), scenes) or (0.0, reference(textured(seed=9)))
    inner = np.s_[10:-10, 10:-10]
    assert known.learned[inner].mean() > 0.95
    assert np.abs(known.pixels.astype(np.int16) - reference().pixels)[inner].mean() < 3.0


def test_a_picture_of_another_size_begins_the_learning_anew() -> None:
    small = textured(seed=2, height=HEIGHT - 20, width=WIDTH - 40)
    scenes = [BARE] * 15 + [small] * 40
    second, known = learned_at(Stage(), scenes) or (0.0, reference())
    assert second >= LEARN_S + 3.0
    assert known.learned.shape == small.shape


# ---- going on ----


def sights(stage: Stage, scenes: Iterable[NDArray[np.float32]], known: Reference) -> Iterable[Sight]:
    """Return what a detector with this reference has in sight, look after look."""
    detector = Detector(SimEngine(), Limits(), known, stage.clock)
    for scene in scenes:
        detector.look(stage.frame(scene))
        if detector.sight is not None:
            yield detector.sight


def listened(
    scenes: Iterable[NDArray[np.float32]],
    *,
    lacking: NDArray[np.bool_] = PLACE,
    told: Sequence[Mask] = (),
    gain: float = 1.0,
) -> list[Reference]:
    """Return each new reference that comes of listening to the scenes, at one look a second."""
    stage, learning = Stage(fps=1.0), Learning(LEARN_S)
    known = reference(learned=~lacking)
    heard: list[Reference] = []
    for scene in scenes:
        frame = stage.frame(scene, gain=gain)
        bright = grey(frame.pixels)
        sight = Sight(frame.taken, frame.pixels, bright, np.ones_like(PLACE))
        fresh = learning.more(sight, known, told)
        if fresh is not known:
            heard.append(fresh)
            known = fresh
    return heard


def test_a_place_that_was_never_still_is_learned_when_it_comes_to_rest() -> None:
    (known,) = listened([THING] * 25)
    assert known.learned.all()
    assert np.abs(known.pixels.astype(np.int16) - in_colour(THING, noise=0.0))[PLACE].mean() < 3.0
    assert np.array_equal(known.pixels[~PLACE], reference().pixels[~PLACE])


def test_a_place_that_goes_on_moving_is_not_learned() -> None:
    assert listened([restless(PLACE, n) for n in range(60)]) == []


def test_the_place_of_an_open_change_is_left_alone() -> None:
    assert listened([THING] * 25, told=[Mask(Box(0, 0, WIDTH, HEIGHT), PLACE)]) == []


@pytest.mark.parametrize("count", [9, 10])
def test_what_was_heard_is_added_every_ten_looks(count: int) -> None:
    assert len(listened([THING] * count)) == count // 10


def test_looks_come_no_more_often_than_once_a_second() -> None:
    stage, learning, known = Stage(fps=10.0), Learning(LEARN_S), reference(learned=~PLACE)
    fresh = [learning.more(sight, known, ()) for sight in sights(stage, [THING] * 60, known)]
    assert all(one is known for one in fresh)


def test_when_all_is_known_the_reference_stays_the_very_same() -> None:
    stage, learning, known = Stage(fps=1.0), Learning(LEARN_S), reference()
    assert all(learning.more(s, known, ()) is known for s in sights(stage, [THING] * 12, known))


def test_a_place_learned_under_another_light_is_kept_in_the_light_of_the_reference() -> None:
    (known,) = listened([BARE] * 25, gain=0.6)
    assert np.abs(known.pixels.astype(np.int16) - reference().pixels)[PLACE].mean() < 6.0

from __future__ import annotations

import numpy as np
import pytest

from edge.light_states import Followed, LightStates
from edge.vision.lights import Light, light_of
from tests.stage import reference
from tests.vision.pictures import instant

DAY = light_of(reference().pixels)
DIM = light_of((reference().pixels * 0.25).astype(np.uint8))
DARKER = light_of((reference().pixels * 0.06).astype(np.uint8))


def states(**others: Light) -> LightStates:
    return LightStates({**others, "day": DAY}, "day", learn_s=4.0)


def followed(
    one: LightStates, light: Light, *seconds: float, may_be_new: bool = True
) -> list[tuple[str, str]]:
    """Return what each frame of a light said, and which light state it then was."""
    return [(one.follow(light, instant(second), may_be_new=may_be_new).name, one.here) for second in seconds]


def test_the_first_frame_says_at_once_which_known_light_it_is() -> None:
    assert followed(states(lamp=DIM), DIM, 0.0) == [("TURNED", "lamp")]


def test_a_known_light_is_believed_after_a_second() -> None:
    one = states(lamp=DIM)
    one.follow(DAY, instant(0.0), may_be_new=True)
    assert followed(one, DIM, 0.2, 1.1, 1.2, 1.3) == [
        ("UNSURE", "day"),
        ("UNSURE", "day"),
        ("TURNED", "lamp"),
        ("SAME", "lamp"),
    ]


def test_a_new_light_is_believed_after_two_and_is_named() -> None:
    assert followed(states(), DIM, 0.0, 1.9, 2.0, 2.1) == [
        ("UNSURE", "day"),
        ("UNSURE", "day"),
        ("TURNED", "dim"),
        ("SAME", "dim"),
    ]


def test_a_light_that_goes_again_begins_anew() -> None:
    one = states()
    followed(one, DIM, 0.0, 1.9)
    followed(one, DAY, 2.0)
    assert followed(one, DIM, 2.1)[0][0] == "UNSURE"


def test_a_light_that_may_not_be_new_is_taken_for_the_one_in_force() -> None:
    assert followed(states(), DIM, 0.0, 9.0, may_be_new=False) == [("SAME", "day")] * 2


def test_a_second_one_of_a_kind_is_numbered() -> None:
    assert followed(states(dim=DIM), DARKER, 0.0, 2.0)[-1] == ("TURNED", "dim-2")


def test_while_a_light_is_admitted_the_golden_reference_is_in_force() -> None:
    one = states()
    followed(one, DIM, 0.0, 2.0)
    assert (one.in_force, one.here) == ("day", "dim")


def test_a_light_that_is_admitted_may_turn_out_to_be_the_golden_one() -> None:
    one = states()
    followed(one, DIM, 0.0, 2.0)
    assert followed(one, DAY, 2.1, 3.1) == [("UNSURE", "dim"), ("TURNED", "day")]
    assert one.admission is None


def test_the_oldest_is_never_the_golden_one() -> None:
    one = LightStates({"day": DAY, "ir": DARKER, "lamp": DIM}, "day", learn_s=4.0)
    one.turn_to("ir")
    assert (one.names, one.oldest) == (("day", "lamp", "ir"), "lamp")


@pytest.mark.parametrize("name", ["lamp", "ir"])
def test_one_that_is_dropped_is_not_known_any_more(name: str) -> None:
    one = LightStates({"lamp": DIM, "ir": DARKER, "day": DAY}, "day", learn_s=4.0)
    one.drop(name)
    assert name not in one.names
    assert Followed.UNSURE is one.follow(DIM if name == "lamp" else DARKER, instant(0.0), may_be_new=True)

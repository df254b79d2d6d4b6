import numpy as np
import pytest

from edge.demo.plan import SECONDS, VANISHES_S, WALK_S, WALKS_S, Plan, plan
from edge.demo.story import Lasting
from edge.sim.camera import BODY
from edge.sim.scene import tabletop
from edge.sim.script import LightStep, PartVanishes

PHOTOGRAPH = tabletop(640, 360)


def vanishing(story: Plan) -> int:
    return next(cue.part for cue in story.script.cues if isinstance(cue, PartVanishes))


@pytest.fixture(params=range(12), ids=lambda seed: f"seed-{seed}")
def story(request: pytest.FixtureRequest) -> Plan:
    return plan(PHOTOGRAPH, seed=request.param)


def test_the_light_changes_within_what_is_promised(story: Plan) -> None:
    gains = [cue.gain for cue in story.script.cues if isinstance(cue, LightStep)]
    assert 0.6 <= gains[0] <= 1.25
    assert abs(gains[0] - 1.0) >= 0.1
    assert gains[-1] == 1.0


def test_the_truth_says_where_the_part_lies(story: Plan) -> None:
    box = story.scene.parts[vanishing(story)].box
    truth = next(truth for truth in story.truths if isinstance(truth, Lasting))
    corners = np.array([truth.area.left, truth.area.top, truth.area.right, truth.area.bottom])
    assert np.allclose(corners * [640, 360, 640, 360], [box.left, box.top, box.right, box.bottom])


def test_somebody_walks_over_the_empty_place(story: Plan) -> None:
    box = story.scene.parts[vanishing(story)].box
    (somebody,) = story.script.at(WALKS_S + WALK_S / 2).passersby
    head, feet = (somebody.feet - BODY) * 360, somebody.feet * 360
    assert head < box.top
    assert box.bottom < feet


def test_the_part_is_gone_for_a_while_and_all_is_well_in_the_end(story: Plan) -> None:
    at = story.script.at
    assert at(VANISHES_S).missing == {vanishing(story)}
    assert not at(SECONDS).missing


def test_truths_come_in_order(story: Plan) -> None:
    seconds = [truth.at_s for truth in story.truths]
    assert seconds == sorted(seconds)


def test_seeds_tell_different_stories() -> None:
    parts = {vanishing(plan(PHOTOGRAPH, seed=seed)) for seed in range(12)}
    assert len(parts) > 1

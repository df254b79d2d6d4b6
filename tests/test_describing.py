from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.comparison import Comparer
from edge.core.limits import Limits
from edge.describing import Describer
from edge.drivers.engine_difference import DifferenceEngine
from edge.sight import Sight
from edge.sim.engine import SimEngine
from edge.types import Kind
from edge.vision.light import grey
from tests.stage import BARE, LEFT, SIDE, THING, TOP, Stage, reference
from tests.vision.pictures import with_square

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Frame, ModelContract, Reference, Region


class Look:
    """Describes what differs from a reference, frame after frame."""

    def __init__(self, known: Reference | None = None) -> None:
        engine = DifferenceEngine()
        self._comparer = Comparer(engine, known or reference())
        self.describer = Describer(self._comparer, Limits(), 0.5, engine.contract)

    def at(self, frame: Frame) -> tuple[Region, ...]:
        """Return what one frame shows."""
        bright = grey(frame.pixels)
        aligned = self._comparer.aligned(frame.pixels, bright, self._comparer.register(bright))
        sight = Sight(frame.taken, aligned.pixels, aligned.grey, aligned.seen)
        found = self.describer.regions(self._comparer.score(aligned), sight)
        self.describer.remember(sight)
        return found


# ---- what happened there ----


@pytest.mark.parametrize("gain", [0.6, 1.0, 1.2])
@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        pytest.param(BARE, THING, Kind.APPEARED, id="it-came"),
        pytest.param(THING, BARE, Kind.DISAPPEARED, id="it-went"),
        pytest.param(THING, with_square(BARE, LEFT, TOP, SIDE, -60.0), Kind.ALTERED, id="it-was-exchanged"),
    ],
)
def test_the_kind_is_told_in_any_light(
    before: NDArray[np.float32], after: NDArray[np.float32], kind: Kind, gain: float
) -> None:
    found = Look(reference(before)).at(Stage().frame(after, gain=gain))
    assert [region.kind for region in found] == [kind]


# ---- what moves ----


def moving_of(look: Look, stage: Stage, scenes: list[NDArray[np.float32]]) -> list[float | None]:
    """Return how much of the only region moved in each frame; ``None`` where nobody knew."""
    shares: list[float | None] = []
    for scene in scenes:
        (region,) = look.at(stage.frame(scene))
        shares.append(region.moving)
    return shares


@pytest.mark.parametrize("fps", [1.0, 2.0, 5.0, 7.0, 10.0, 12.0, 30.0, 60.0])
def test_what_stands_still_is_known_to_be_still_after_half_a_second_at_any_rate(fps: float) -> None:
    shares = moving_of(Look(), Stage(fps=fps), [THING] * (round(fps * 0.7) + 2))
    assert (shares[0], shares[-1]) == (None, 0.0)


def test_before_half_a_second_has_passed_nobody_knows_whether_a_thing_moves() -> None:
    assert moving_of(Look(), Stage(fps=10.0), [THING] * 6) == [None] * 5 + [0.0]


def test_what_was_elsewhere_half_a_second_ago_moves() -> None:
    scenes = [with_square(BARE, 20 + 15 * step, 80, SIDE, 60.0) for step in range(8)]
    shares = moving_of(Look(), Stage(fps=5.0), scenes)
    assert shares[:3] == [None] * 3
    assert all(share is not None and 0.5 < share <= 1.0 for share in shares[3:])


@pytest.mark.parametrize("fps", [2.0, 10.0, 30.0])
def test_what_came_is_known_to_be_still_half_a_second_later_at_any_rate(fps: float) -> None:
    stage, look = Stage(fps=fps), Look()
    for frame in stage.frames(2.0):
        look.at(frame)
    shares = moving_of(look, stage, [THING] * (round(fps * 0.7) + 2))
    assert shares[0] is not None
    assert shares[0] > 0.5
    assert shares[-1] == 0.0


def test_a_change_of_the_light_moves_nothing() -> None:
    stage, look = Stage(fps=5.0), Look()
    moving_of(look, stage, [THING] * 5)
    (region,) = look.at(stage.frame(THING, gain=0.7))
    assert region.moving is not None
    assert region.moving < 0.1


def test_what_was_forgotten_tells_of_no_motion() -> None:
    stage, look = Stage(fps=5.0), Look()
    assert moving_of(look, stage, [THING] * 5)[-1] == 0.0
    look.describer.forget()
    assert moving_of(look, stage, [THING] * 5) == [None, None, None, 0.0, 0.0]


# ---- what a network hardly sees ----

EXACT = SimEngine().contract
FADING = replace(EXACT, reach=0.4, spill_px=1.5)
SMALLEST = Limits(min_change_px=10)
"""Scores that fade over 1.5 px: a region must have 84.5 px, and a core of 12.5."""


def scored(core_px: int, around_px: int) -> NDArray[np.float32]:
    """Return a score map with a hot core, ten pixels wide, and what nearly is hot below it."""
    score = np.zeros(BARE.shape, np.float32)
    rows = score[40:80, 60:70].reshape(-1)
    rows[:around_px], rows[:core_px] = 0.25, 0.9
    score[40:80, 60:70] = rows.reshape(40, 10)
    return score


def described(contract: ModelContract, score: NDArray[np.float32]) -> tuple[Region, ...]:
    """Return the regions of a score map of the bare scene."""
    describer = Describer(Comparer(SimEngine(), reference()), SMALLEST, 0.5, contract)
    return describer.regions(score, seen(Stage().frame()))


def seen(frame: Frame) -> Sight:
    """Return a frame as it is when the view has not moved."""
    return Sight(frame.taken, frame.pixels, grey(frame.pixels), np.ones(BARE.shape, np.bool_))


@pytest.mark.parametrize(
    ("core_px", "around_px", "areas"),
    [
        pytest.param(13, 90, [90], id="a-core-tells-of-all-that-nearly-counts"),
        pytest.param(12, 90, [], id="a-core-too-small"),
        pytest.param(20, 80, [], id="too-small-with-what-spills-over-its-edges"),
    ],
)
def test_a_faint_thing_is_told_as_a_whole(core_px: int, around_px: int, areas: list[int]) -> None:
    found = described(FADING, scored(core_px, around_px))
    assert [region.mask.area_px for region in found] == areas


def test_what_an_exact_engine_hardly_sees_is_not_told() -> None:
    assert described(EXACT, scored(40, 200)) == ()
    assert [region.mask.area_px for region in described(EXACT, scored(50, 200))] == [50]


def test_a_thing_moves_when_only_its_core_looks_as_it_did() -> None:
    stage, score = Stage(fps=2.0), scored(20, 400)
    describer = Describer(Comparer(SimEngine(), reference()), SMALLEST, 0.5, FADING)
    describer.remember(seen(stage.frame(with_square(BARE, 60, 50, 20, 60.0))))
    (region,) = describer.regions(score, seen(stage.frame(BARE)))
    assert region.moving is not None
    assert region.moving > 0.5


def test_where_a_core_is_burnt_out_nothing_is_told() -> None:
    known = replace(reference(), pixels=np.full((*BARE.shape, 3), 220, np.uint8))
    describer = Describer(Comparer(SimEngine(), known), SMALLEST, 0.5, FADING)
    drowned = np.full((*BARE.shape, 3), 255, np.uint8)
    drowned[44:] = 100  # not white, but all that is scored there is the gloss's rim
    frame = replace(Stage().frame(), pixels=drowned)
    assert describer.regions(scored(40, 400), seen(frame)) == ()

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.core.limits import Limits
from edge.detector import Detector
from edge.drivers.engine_difference import DifferenceEngine
from edge.errors import ContractError, EngineError
from edge.fallback import FallbackEngine
from edge.sim.engine import SimAccelerator, SimEngine
from edge.types import Box, ModelContract, ModelTag, TensorSpec, View
from edge.vision.light import grey
from tests.stage import BARE, LEFT, PLACE, SIDE, THING, TOP, Stage, reference
from tests.vision.pictures import HEIGHT, WIDTH, textured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from edge.ports import Engine
    from edge.types import Look, Reference

LIMITS = Limits()
BOX = Box(LEFT, TOP, LEFT + SIDE, TOP + SIDE)


def score(where: NDArray[np.bool_], peak: float = 0.9) -> NDArray[np.float32]:
    """Return a score map that is hot in a place."""
    return np.where(where, np.float32(peak), np.float32(0.1))


def always(where: NDArray[np.bool_], peak: float = 0.9) -> SimEngine:
    """Return an engine that always sees a difference there."""
    return SimEngine(lambda _: score(where, peak))


def detector(
    engine: Engine | None = None,
    stage: Stage | None = None,
    *,
    limits: Limits = LIMITS,
    known: Reference | None = None,
) -> Detector:
    """Return a detector of the bare scene."""
    return Detector(
        engine or DifferenceEngine(), limits, known or reference(), stage.clock if stage else Stage().clock
    )


def the_look(engine: Engine, *, limits: Limits = LIMITS, known: Reference | None = None) -> Look:
    """Return the first look at the bare scene."""
    stage = Stage()
    return detector(engine, stage, limits=limits, known=known).look(stage.frame())


# ---- from scores to regions ----


def test_what_the_engine_scores_is_what_the_look_shows() -> None:
    stage = Stage()
    seen = detector(always(PLACE), stage).look(frame := stage.frame())
    (region,) = seen.regions
    assert (region.mask.box, region.mask.area_px) == (BOX, SIDE**2)
    assert region.score == pytest.approx(0.9)
    assert (seen.view, seen.taken) == (View.OK, frame.taken)
    assert seen.shift_px == pytest.approx((0, 0), abs=0.1)
    assert np.array_equal(seen.score, score(PLACE))
    assert np.array_equal(seen.hot, PLACE)


def test_traces_are_what_the_engine_lets_a_region_reach_over() -> None:
    stage = Stage()
    engine = SimEngine(lambda _: np.where(PLACE, np.float32(0.9), np.float32(0.3)))
    engine.contract = replace(engine.contract, reach=0.5)
    seen = detector(engine, stage).look(stage.frame())
    assert seen.traces is not None
    assert seen.traces.all()
    assert np.array_equal(seen.hot, PLACE)


def test_a_look_names_who_looked() -> None:
    assert the_look(SimEngine()).model == ModelTag("sim", "1", "sim")
    assert detector(SimEngine()).model == ModelTag("sim", "1", "sim")


def test_a_look_names_what_it_was_looked_with_when_the_accelerator_is_gone() -> None:
    accelerator = SimAccelerator()
    stage = Stage()
    engine = FallbackEngine(accelerator.wake, SimEngine(delegate="cpu"), stage.clock)
    watching = detector(engine, stage)
    before = watching.look(stage.frame()).model.delegate
    accelerator.pull()
    assert (before, watching.look(stage.frame()).model.delegate) == ("coral", "cpu")


def test_a_quiet_look_shows_nothing() -> None:
    seen = the_look(DifferenceEngine())
    assert seen.regions == ()
    assert not seen.hot.any()


@pytest.mark.parametrize(
    ("width", "height", "count"),
    [
        pytest.param(9, 8, 1, id="half-the-area-of-the-smallest-change-is-enough"),
        pytest.param(10, 7, 0, id="less-is-a-speck"),
    ],
)
def test_the_smallest_change(width: int, height: int, count: int) -> None:
    where = np.zeros_like(PLACE)
    where[50 : 50 + height, 60 : 60 + width] = True
    seen = the_look(always(where))
    assert len(seen.regions) == count
    assert np.array_equal(seen.hot, where)


@pytest.mark.parametrize(
    ("sensitivity", "peak", "count"),
    [
        pytest.param(0.5, 0.5, 1, id="at-one-half-from-one-half-on"),
        pytest.param(0.5, 0.49, 0, id="and-not-below"),
        pytest.param(1.0, 0.34, 1, id="the-keenest-reports-fainter-differences"),
        pytest.param(0.0, 0.65, 0, id="the-dullest-only-stark-ones"),
    ],
)
def test_sensitivity_is_the_threshold(sensitivity: float, peak: float, count: int) -> None:
    limits = replace(LIMITS, sensitivity=sensitivity)
    seen = the_look(always(PLACE, peak), limits=limits)
    assert (len(seen.regions), int(seen.hot.any())) == (count, count)


def test_pixels_that_were_never_learned_cannot_alarm() -> None:
    seen = the_look(always(PLACE), known=reference(learned=~PLACE))
    assert seen.regions == ()
    assert not seen.hot.any()
    assert float(seen.score[PLACE].max()) == 0.0


def test_an_engine_gets_what_its_contract_wants_and_nothing_else() -> None:
    asked: list[Mapping[str, NDArray[np.generic]]] = []

    class Frugal(SimEngine):
        contract = ModelContract(
            "frugal",
            "2",
            inputs=(TensorSpec("current", (None, None, 3), "uint8"),),
            outputs=(TensorSpec("score", (None, None), "float32"),),
        )

        def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Mapping[str, NDArray[np.generic]]:
            asked.append(inputs)
            return {"score": score(PLACE)}

    seen = the_look(Frugal())
    assert [sorted(inputs) for inputs in asked] == [["current"]]
    assert seen.model == ModelTag("frugal", "2", "sim")


def test_the_engine_is_timed() -> None:
    stage = Stage()
    slow = SimEngine(clock=stage.clock, takes_s=0.125)
    assert detector(slow, stage).look(stage.frame()).infer_ms == pytest.approx(125.0)


def test_a_dead_engine_is_not_hidden() -> None:
    engine = SimEngine()
    engine.dead = True
    with pytest.raises(EngineError):
        the_look(engine)


def test_an_answer_of_another_size_is_refused() -> None:
    engine = SimEngine()
    engine.misshapen = True
    with pytest.raises(ContractError) as caught:
        the_look(engine)
    assert (caught.value.tensor, caught.value.expected, caught.value.found) == (
        "score",
        f"float32 ({HEIGHT}, {WIDTH})",
        f"float32 ({HEIGHT - 1}, {WIDTH})",
    )


def test_an_answer_of_another_type_is_refused() -> None:
    class Whole(SimEngine):
        def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Mapping[str, NDArray[np.generic]]:
            return {"score": super().run(inputs)["score"].astype(np.int8)}

    with pytest.raises(ContractError) as caught:
        the_look(Whole())
    assert caught.value.found == f"int8 ({HEIGHT}, {WIDTH})"


# ---- views that cannot be judged ----


@pytest.mark.parametrize(
    ("scene", "view"),
    [
        pytest.param(np.full_like(BARE, 3.0), View.DARK, id="no-light"),
        pytest.param(np.full_like(BARE, 120.0), View.COVERED, id="a-lid"),
        pytest.param(np.roll(BARE, 16, axis=1), View.MOVED, id="a-knock"),
        pytest.param(textured(height=HEIGHT, width=WIDTH - 8), View.MOVED, id="another-size"),
    ],
)
def test_a_view_that_cannot_be_judged_shows_no_regions_and_asks_no_engine(
    scene: NDArray[np.float32], view: View
) -> None:
    stage, engine = Stage(), always(PLACE)
    detecting = detector(engine, stage)
    detecting.look(stage.frame())
    seen = detecting.look(frame := stage.frame(scene))
    assert (seen.view, seen.regions, seen.taken, seen.infer_ms) == (view, (), frame.taken, 0.0)
    assert seen.hot.shape == seen.score.shape == (HEIGHT, WIDTH)
    assert not seen.hot.any()
    assert not seen.score.any()
    assert (engine.runs, detecting.sight) == (1, None)


def test_when_most_of_the_view_differs_it_is_covered() -> None:
    where = np.zeros_like(PLACE)
    where[: HEIGHT // 2 + 1] = True
    seen = the_look(always(where))
    assert (seen.view, seen.regions) == (View.COVERED, ())
    assert not seen.hot.any()


def test_only_what_is_known_counts_for_that() -> None:
    where = np.zeros_like(PLACE)
    where[:50] = True
    known = reference(learned=np.arange(HEIGHT)[:, None] * np.ones((1, WIDTH)) < 80)
    assert the_look(always(where), known=known).view is View.COVERED


def test_how_far_the_view_moved_is_told_also_beyond_the_limit() -> None:
    stage = Stage()
    seen = detector(SimEngine(), stage).look(stage.frame(np.roll(BARE, 16, axis=1)))
    assert seen.shift_px == pytest.approx((16.0, 0.0), abs=0.3)


# ---- a view that moved a little ----


def test_a_change_is_told_in_the_coordinates_of_the_reference() -> None:
    stage = Stage()
    seen = detector(stage=stage).look(stage.frame(np.roll(THING, (3, 5), axis=(0, 1))))
    (region,) = seen.regions
    assert seen.shift_px == pytest.approx((5.0, 3.0), abs=0.2)
    assert abs(region.mask.box.left - LEFT) <= 2
    assert abs(region.mask.box.top - TOP) <= 2


def test_where_the_camera_did_not_look_nothing_is_found() -> None:
    stage = Stage()
    everywhere = np.zeros_like(PLACE)
    everywhere[:, -60:] = True
    seen = detector(always(everywhere), stage).look(stage.frame(np.roll(BARE, 8, axis=1)))
    assert seen.view is View.OK
    assert not seen.hot[:, -8:].any()
    assert seen.hot[:, -60:-10].all()


def test_before_the_first_look_there_is_no_sight() -> None:
    assert detector().sight is None


def test_the_last_sight_is_aligned() -> None:
    stage = Stage()
    detecting = detector(stage=stage)
    detecting.look(frame := stage.frame(np.roll(BARE, 6, axis=1), noise=0.0))
    sight = detecting.sight
    assert sight is not None
    assert sight.taken == frame.taken
    assert np.abs(sight.pixels.astype(np.int16) - reference().pixels)[10:-10, 10:-10].mean() < 3.0
    assert not sight.seen[:, -5:].any()
    assert np.array_equal(sight.grey, grey(sight.pixels))


def test_after_a_view_that_could_not_be_judged_nobody_knows_whether_a_thing_moves() -> None:
    stage = Stage(fps=5.0)
    detecting = detector(stage=stage)
    looks = [detecting.look(frame) for frame in stage.frames(1.0, THING)]
    detecting.look(stage.frame(np.full_like(BARE, 3.0)))
    after = detecting.look(stage.frame(THING))
    assert [look.regions[0].moving for look in (looks[-1], after)] == [0.0, None]


# ---- another reference ----


def test_what_became_the_reference_is_no_difference() -> None:
    stage = Stage()
    detecting = detector(stage=stage)
    assert len(detecting.look(stage.frame(THING)).regions) == 1
    detecting.study(reference(THING))
    assert detecting.look(stage.frame(THING)).regions == ()


def test_the_view_is_measured_against_the_new_reference() -> None:
    stage = Stage()
    detecting = detector(SimEngine(), stage)
    detecting.study(reference(np.roll(BARE, 5, axis=1)))
    assert detecting.look(stage.frame()).shift_px == pytest.approx((-5.0, 0.0), abs=0.2)

"""The accelerator is pulled while the device watches, and plugged in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.engines import accelerated_engine
from edge.errors import ContractError, ModelError
from edge.fallback import FIRST_PAUSE_S, LONGEST_PAUSE_S, STEADY_S, FallbackEngine
from edge.sim.clock import SimClock
from edge.sim.engine import SimAccelerator, SimEngine
from tests.tiny_models import store

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAIR: dict[str, NDArray[np.generic]] = {
    "reference": np.zeros((4, 6, 3), np.uint8),
    "current": np.ones((4, 6, 3), np.uint8),
    "noise": np.ones((4, 6), np.float32),
}


class Bench:
    """An engine with an accelerator, watching a picture a second."""

    def __init__(self, *, plugged: bool = True) -> None:
        self.clock = SimClock()
        self.accelerator = SimAccelerator(lambda _: np.ones((4, 6), np.float32), plugged=plugged)
        self.spare = SimEngine(delegate="cpu")
        self.engine = FallbackEngine(self.accelerator.wake, self.spare, self.clock)

    def watch(self, seconds: float) -> list[str]:
        """Compare once a second; return what it ran on, one after the other, without repeats."""
        ran_on = list[str]()
        for _ in range(round(seconds)):
            before = self.spare.runs
            fast = bool(self.engine.run(PAIR)["score"].all())
            assert fast == (self.spare.runs == before)  # each picture is compared exactly once
            assert fast == (self.engine.delegate == "coral")
            ran_on += [] if ran_on[-1:] == [self.engine.delegate] else [self.engine.delegate]
            self.clock.advance(1.0)
        return ran_on


def test_while_the_accelerator_works_it_does_the_work() -> None:
    bench = Bench()
    assert (bench.watch(10), bench.spare.runs) == (["coral"], 0)


def test_the_very_picture_that_it_fails_with_is_compared_on_the_processor() -> None:
    bench = Bench()
    bench.watch(3)
    bench.accelerator.pull()
    assert (bench.watch(1), bench.spare.runs) == (["cpu"], 1)


def test_it_does_the_work_again_soon_after_it_is_plugged_in() -> None:
    bench = Bench()
    bench.watch(STEADY_S)
    bench.accelerator.pull()
    assert bench.watch(5) == ["cpu"]
    bench.accelerator.plug()
    assert bench.watch(FIRST_PAUSE_S) == ["cpu", "coral"]


def test_a_device_that_starts_without_it_takes_it_when_it_comes() -> None:
    bench = Bench(plugged=False)
    assert bench.watch(FIRST_PAUSE_S) == ["cpu"]
    bench.accelerator.plug()
    assert bench.watch(1) == ["coral"]


def test_one_that_stays_away_is_tried_less_and_less_often() -> None:
    bench = Bench(plugged=False)
    bench.watch(3600)
    assert bench.accelerator.tries < 10 + 3600 / LONGEST_PAUSE_S


def test_a_loose_plug_is_not_tried_with_every_picture() -> None:
    bench = Bench()
    for _ in range(20):
        bench.accelerator.plug()
        bench.watch(30)
        bench.accelerator.pull()
        bench.watch(30)
    assert bench.accelerator.tries < 10


def test_each_failure_is_logged_with_its_reason_and_so_is_the_return(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    bench = Bench()
    bench.accelerator.pull()
    bench.watch(2)
    bench.accelerator.plug()
    bench.watch(FIRST_PAUSE_S)
    assert caplog.messages == [
        "comparing on coral",
        "the accelerator is gone (scripted); comparing on cpu, trying again in 10 s",
        "comparing on coral",
    ]


def test_a_model_that_is_none_of_the_accelerators_is_tried_once(caplog: pytest.LogCaptureFixture) -> None:
    tries = list[int]()

    def wake() -> SimEngine:
        tries.append(1)
        msg = "model.tflite: not compiled for it"
        raise ModelError(msg)

    clock = SimClock()
    engine = FallbackEngine(wake, SimEngine(delegate="cpu"), clock)
    for _ in range(100):
        engine.run(PAIR)
        clock.advance(60.0)
    assert (len(tries), engine.delegate) == (1, "cpu")
    assert caplog.messages == ["model.tflite: not compiled for it; comparing on cpu"]


def test_what_is_wrong_with_the_pictures_is_no_fault_of_the_accelerator() -> None:
    bench = Bench()
    with pytest.raises(ContractError):
        bench.engine.run({"reference": PAIR["reference"]})
    assert bench.engine.delegate == "coral"


def test_without_its_accelerator_a_bundle_is_compared_by_its_own_network(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    accelerator = SimAccelerator(plugged=False)
    folder = store(tmp_path_factory.mktemp("bundle"))
    engine = accelerated_engine(accelerator.wake, SimClock(), bundle=folder, threads=1)
    assert (engine.contract.model, engine.delegate) == ("tiny", "cpu")
    assert engine.run({name: PAIR[name] for name in ("reference", "current")})["score"].shape == (4, 6)

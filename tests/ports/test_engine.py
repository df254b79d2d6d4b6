from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.drivers.engine_difference import DifferenceEngine
from edge.drivers.engine_litert import LiteRtEngine
from edge.errors import ContractError, EngineError
from edge.sim.clock import SimClock
from edge.sim.engine import SimEngine
from tests.tiny_models import TINY, bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from _pytest.mark.structures import ParameterSet
    from numpy.typing import NDArray

    from edge.ports import Engine

HEIGHT, WIDTH = 24, 32


def litert() -> LiteRtEngine:
    """Load a tiny network."""
    return LiteRtEngine(bundle().contract(TINY.entry()), TINY.file(), threads=1)


ENGINES: dict[str, tuple[Callable[[], Engine], set[str]]] = {
    "difference": (DifferenceEngine, {"reference", "current", "noise"}),
    "litert": (litert, {"reference", "current"}),
    "sim": (SimEngine, {"reference", "current", "noise"}),
}
"""How each is made, and what it wants."""


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """The same suite runs on the real engines and on the one that answers from memory."""
    return ENGINES[request.param][0]()


def for_each_that_wants(cases: Mapping[str, tuple[object, ...]]) -> list[ParameterSet]:
    """Return every case, an input's name and something about it, for every engine that wants it."""
    return [
        pytest.param(engine, *case, id=f"{engine}-{text}")
        for engine, (_, wants) in ENGINES.items()
        for text, case in cases.items()
        if case[0] in wants
    ]


WANTED = for_each_that_wants({name: (name,) for name in ("reference", "current", "noise")})


def offered(*, seed: int = 0) -> dict[str, NDArray[np.generic]]:
    """Return a pair of unlike pictures and their noise."""
    rng = np.random.default_rng(seed)
    return {
        "reference": rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8),
        "current": rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8),
        "noise": np.full((HEIGHT, WIDTH), 2.0, np.float32),
    }


def found(engine: Engine, inputs: Mapping[str, NDArray[np.generic]]) -> ContractError:
    """Return what the engine holds against the inputs."""
    with pytest.raises(ContractError) as caught:
        engine.run(inputs)
    return caught.value


def test_an_engine_says_what_it_wants_and_gives(engine: Engine) -> None:
    contract = engine.contract
    assert {spec.name for spec in contract.inputs} <= {"reference", "current", "noise"}
    assert [spec.name for spec in contract.outputs] == ["score"]
    assert all((contract.model, contract.version, engine.delegate))


def test_the_answer_is_a_score_for_each_pixel(engine: Engine) -> None:
    score = np.asarray(engine.run(offered())["score"])
    assert score.shape == (HEIGHT, WIDTH)
    assert score.dtype == np.float32
    assert ((score >= 0.0) & (score <= 1.0)).all()


def test_an_equal_pair_scores_zero(engine: Engine) -> None:
    inputs = offered()
    assert not engine.run({**inputs, "current": inputs["reference"]})["score"].any()


def test_the_same_pair_gets_the_same_answer(engine: Engine) -> None:
    assert np.array_equal(engine.run(offered())["score"], engine.run(offered())["score"])


def test_inputs_are_left_as_they_were(engine: Engine) -> None:
    inputs = offered()
    for tensor in inputs.values():
        tensor.setflags(write=False)
    engine.run(inputs)
    assert all(np.array_equal(tensor, offered()[name]) for name, tensor in inputs.items())


@pytest.mark.parametrize(("engine", "name"), WANTED, indirect=["engine"])
def test_a_missing_input_is_named(engine: Engine, name: str) -> None:
    inputs = offered()
    del inputs[name]
    fault = found(engine, inputs)
    assert (fault.tensor, fault.found) == (name, "nothing")


@pytest.mark.parametrize(("engine", "name"), WANTED, indirect=["engine"])
def test_an_input_of_another_type_is_named(engine: Engine, name: str) -> None:
    fault = found(engine, {**offered(), name: offered()[name].astype(np.float64)})
    assert (fault.tensor, fault.found.split()[0]) == (name, "float64")


@pytest.mark.parametrize(
    ("engine", "name", "shape"),
    for_each_that_wants(
        {
            "a-reference-without-colour": ("reference", (HEIGHT, WIDTH)),
            "a-picture-of-four-channels": ("current", (HEIGHT, WIDTH, 4)),
            "a-noise-of-three-dimensions": ("noise", (HEIGHT, WIDTH, 1)),
        }
    ),
    indirect=["engine"],
)
def test_an_input_of_another_form_is_named(engine: Engine, name: str, shape: tuple[int, ...]) -> None:
    fault = found(engine, {**offered(), name: np.zeros(shape, offered()[name].dtype)})
    assert (fault.tensor, fault.found) == (name, f"{offered()[name].dtype} {shape}")


@pytest.mark.parametrize(
    ("engine", "name", "shape"),
    for_each_that_wants(
        {
            "a-wider-picture": ("current", (HEIGHT, WIDTH + 1, 3)),
            "a-lower-noise": ("noise", (HEIGHT - 1, WIDTH)),
        }
    ),
    indirect=["engine"],
)
def test_an_input_of_another_size_is_named(engine: Engine, name: str, shape: tuple[int, ...]) -> None:
    fault = found(engine, {**offered(), name: np.zeros(shape, offered()[name].dtype)})
    assert (fault.tensor, fault.found) == (name, f"{offered()[name].dtype} {shape}")


# ---- what only the one in memory can do ----


def test_a_dead_engine_says_so() -> None:
    engine = SimEngine()
    engine.dead = True
    with pytest.raises(EngineError, match="gone"):
        engine.run(offered())


def test_answers_from_a_list_come_in_order_and_then_it_is_blind() -> None:
    answers = [np.full((HEIGHT, WIDTH), share, np.float32) for share in (0.25, 0.75)]
    engine = SimEngine(answers)
    assert [float(engine.run(offered())["score"].max()) for _ in range(3)] == [0.25, 0.75, 0.0]
    assert engine.runs == 3


def test_a_slow_engine_takes_its_time_on_the_clock() -> None:
    clock = SimClock()
    SimEngine(clock=clock, takes_s=0.25).run(offered())
    assert clock.now().mono_ns == 250_000_000


def test_a_misshapen_answer_is_a_row_short() -> None:
    engine = SimEngine()
    engine.misshapen = True
    assert engine.run(offered())["score"].shape == (HEIGHT - 1, WIDTH)

"""The network that comes with the package."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pytest

from convert.audit import coral, cpu
from convert.bundle import golden
from convert.data import photographs
from convert.evaluate.command import find_sets
from convert.evaluate.evaluation import evaluate
from convert.evaluate.figures import figures
from convert.evaluate.judge import judge_of_model
from edge.bundle_files import read_bundle, read_model
from edge.changes import detect_changes
from edge.core.calibration import threshold_of
from edge.demo.photographs import DEMONSTRATION, load
from edge.demo.plan import DIMMED_S, plan
from edge.engines import DEFAULT_BUNDLE, default_engine, engine_of
from edge.golden import FOLDER, INDEX
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.types import Frame, View
from edge.vision.encoded import decoded

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from convert.audit.report import Report
    from edge.types import ModelFile, Pixels


class Audit(Protocol):
    """Holds a model file against what some hardware can run."""

    def __call__(self, content: bytes, *, file: str) -> Report:
        """Return what was found."""
        ...


MOST_BYTES = 600_000


@pytest.fixture(scope="module")
def model() -> ModelFile:
    """The int8 file of the bundle."""
    (file,) = (file for file in read_bundle(DEFAULT_BUNDLE).files if file.delegate == "cpu")
    return file


def golden_pair() -> tuple[Pixels, ...]:
    """Return the first golden pair, reference and current."""
    folder = DEFAULT_BUNDLE / FOLDER
    name = json.loads((folder / INDEX).read_text(encoding="utf-8"))["pairs"][0]
    return tuple(decoded((folder / f"{name}_{part}.png").read_bytes()) for part in ("reference", "current"))


def test_the_device_uses_it() -> None:
    engine = default_engine()
    assert (engine.contract.model, engine.delegate) == ("stillwatch", "cpu")


def test_it_computes_here_what_it_computed_where_it_was_made() -> None:
    assert golden.verify(DEFAULT_BUNDLE) == []


def test_it_is_small(model: ModelFile) -> None:
    assert len(read_model(DEFAULT_BUNDLE, model)) <= MOST_BYTES


@pytest.mark.parametrize("audit", [cpu.audit, coral.audit], ids=["cpu", "coral"])
def test_all_of_it_runs_in_integers_on_the_delegate(model: ModelFile, audit: Audit) -> None:
    assert audit(read_model(DEFAULT_BUNDLE, model), file=model.name).violations == ()


def test_it_stays_in_one_partition(model: ModelFile) -> None:
    facts = cpu.audit(read_model(DEFAULT_BUNDLE, model), file=model.name).facts
    assert (facts["partitions"], facts["outside"]) == (1, 0)


def test_what_came_and_what_went_are_seen_alike() -> None:
    engine = engine_of()
    before, after = golden_pair()
    one, other = (
        np.asarray(engine.run({"reference": a, "current": b})["score"])
        for a, b in ((before, after), (after, before))
    )
    assert np.array_equal(one, other)


def test_an_equal_pair_is_no_change() -> None:
    before, _ = golden_pair()
    assert not engine_of().run({"reference": before, "current": before})["score"].any()


def noisy(pixels: Pixels, seed: int) -> Pixels:
    """Return a picture as a camera would take it again."""
    noise: NDArray[np.float64] = np.random.default_rng(seed).normal(0.0, 4.0, pixels.shape)
    return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("gain", [0.65, 1.0, 1.2])
def test_light_and_noise_are_no_change(gain: float) -> None:
    engine = engine_of()
    before = photographs.load(("coffee.png",))[0]
    after = np.clip(before * gain, 0, 255).astype(np.uint8)
    score = np.asarray(engine.run({"reference": noisy(before, 0), "current": noisy(after, 1)})["score"])
    assert float((score >= threshold_of(0.5, at=engine.contract.threshold)).mean()) < 1e-3


def test_a_thing_of_12_pixels_is_seen_in_another_light() -> None:
    engine = engine_of()
    before = photographs.load(("coffee.png",))[0]
    after = before.copy()
    after[100:112, 200:212] = (200, 30, 30)
    after = np.clip(after * 0.65, 0, 255).astype(np.uint8)
    score = np.asarray(engine.run({"reference": noisy(before, 0), "current": noisy(after, 1)})["score"])
    hot = score >= threshold_of(0.5, at=engine.contract.threshold)
    assert hot[100:112, 200:212].mean() > 0.5
    hot[94:118, 194:218] = False
    assert hot.mean() < 1e-3


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "subset", "figure", "least"),
    [
        pytest.param("fgcd", "same_light", "ftol", 0.58, id="small-changes-on-relief"),
        pytest.param("fgcd", "nochange_light", "quiet", 0.30, id="silent-when-only-the-lamp-moves"),
        pytest.param("deeppcb", "all", "box_f", 0.95, id="defects-against-a-template"),
        pytest.param("cdnet_traffic_jitter", "all", "quiet", 0.9, id="silent-when-the-camera-shakes"),
        pytest.param("cdnet_traffic_jitter", "all", "f1", 0.74, id="large-things-while-the-camera-shakes"),
        pytest.param("cdnet_highway", "all", "f1", 0.86, id="large-things-as-a-whole"),
    ],
)
@pytest.mark.timeout(600)
def test_it_sees_small_changes_on_real_pairs(
    data_dir: Path, name: str, subset: str, figure: str, least: float
) -> None:
    (found,) = find_sets([data_dir / name])
    found = replace(found, pairs=tuple(pair for pair in found.pairs if pair.subset == subset))
    tallies = evaluate(found, judge_of_model(None, delegate="cpu", threads=2), out=None)
    assert float(figures(tallies[subset])[figure]) >= least


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 4])
def test_what_burns_out_when_the_lamp_is_turned_up_is_no_change(seed: int) -> None:
    story = plan(load(DEMONSTRATION), seed=seed, seconds=DIMMED_S + 2)
    camera = SimCamera("table", story.scene, story.script, SimClock(), fps=1.0)
    before, *_, after = (frame.pixels for frame in camera.frames() if isinstance(frame, Frame))
    found = detect_changes("default", before, after)
    assert found.view is View.OK
    assert [region.mask.box for region in found.regions] == []

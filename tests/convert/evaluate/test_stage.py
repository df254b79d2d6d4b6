from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convert.bundle.nature import nature
from convert.data import stored
from convert.evaluate.failures import FAILURES
from convert.evaluate.stage import run
from convert.pipeline.progress import Progress
from convert.pipeline.stage import Interrupted, StageContext
from convert.recipe import NetworkRecipe, Recipe
from edge.errors import ModelError
from edge.types import REACH
from tests.convert.evaluate.sets import HEIGHT, scene
from tests.tiny_models import TINY, TINY_FLOAT, Tiny

if TYPE_CHECKING:
    from pathlib import Path

SIDE = 64
PAIRS = 8
THING = (slice(20, 40), slice(24, 44))


@pytest.fixture
def context(tmp_path: Path) -> StageContext:
    """What the stage is handed: a tiny network, and pairs of which every second shows a brighter square."""
    folders = {name: tmp_path / name for name in ("synth", "quantize", "partial")}
    for folder in folders.values():
        folder.mkdir()
    stored.make(folders["synth"] / "validation", PAIRS, SIDE)
    pairs = stored.read(folders["synth"] / "validation", writable=True)
    for i in range(PAIRS):
        pairs.reference[i] = pairs.current[i] = scene(i)[HEIGHT - SIDE :, :SIDE]
        if i % 2 == 0:
            pairs.current[i][THING] = 255
            pairs.mask[i][THING] = 255
    (folders["quantize"] / "model.tflite").write_bytes(TINY.file())
    (folders["quantize"] / "float.tflite").write_bytes(TINY_FLOAT.file())
    return context_of(folders)


def context_of(
    folders: dict[str, Path], *, network: NetworkRecipe | None = None, stops: bool = False
) -> StageContext:
    return StageContext(
        stage="evaluate",
        recipe=Recipe(name="tiny", network=network or NetworkRecipe()),
        seed=0,
        inputs={name: folders[name] for name in ("synth", "quantize")},
        partial=folders["partial"],
        checkpoints=folders["partial"] / "checkpoints",
        progress=Progress(),
        stop=lambda: stops,
    )


def folders_of(context: StageContext) -> dict[str, Path]:
    return {**context.inputs, "partial": context.partial}


def test_both_models_are_measured_at_one_threshold(context: StageContext) -> None:
    found = run(context)
    threshold, unquantized = found["threshold"], found["float"]
    assert isinstance(threshold, float)
    assert 0.0 < threshold < 1.0
    assert isinstance(unquantized, dict)
    assert found["ftol"] == pytest.approx(1.0, abs=0.05)
    assert unquantized["f1"] == pytest.approx(found["f1"], abs=0.01)
    assert (context.partial / "curve.png").exists()
    assert {"forgiven", "squares", "swapped", "reach"} <= found.keys()
    assert isinstance(found["recall"], float)
    assert nature(json.loads(json.dumps(found))).count("| 30 grey levels |") == 1


def test_progress_grows_look_by_look_and_ends_with_the_last(
    context: StageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []

    def step(_: Progress, done: float, total: float, **_figures: float) -> None:
        told.append(done / total)

    monkeypatch.setattr(Progress, "step", step)
    run(context)
    assert told == sorted(set(told))
    assert told[-1] == 1.0


def test_a_network_for_the_whole_view_is_measured_by_the_picture(context: StageContext) -> None:
    whole = {"model.tflite": Tiny(whole_view=True), "float.tflite": Tiny(whole_view=True, quantized=False)}
    for name, tiny in whole.items():
        (context.inputs["quantize"] / name).write_bytes(tiny.file())
    found = run(context_of(folders_of(context), network=NetworkRecipe(name="document")))
    assert (found["accuracy"], found["f1"], found["pairs"]) == (1.0, 1.0, PAIRS)
    assert "ftol" not in found


def test_the_pairs_on_which_it_fails_are_drawn(context: StageContext) -> None:
    pairs = stored.read(context.inputs["synth"] / "validation", writable=True)
    pairs.mask[1][THING] = 255  # nothing to be seen there
    run(context)
    assert (context.partial / FAILURES).exists()


def test_a_false_picture_does_not_silence_a_network_for_the_whole_view(context: StageContext) -> None:
    pairs = stored.read(context.inputs["synth"] / "validation", writable=True)
    pairs.current[1][THING] = 255  # looks changed, and is called unchanged
    whole = {"model.tflite": Tiny(whole_view=True), "float.tflite": Tiny(whole_view=True, quantized=False)}
    for name, tiny in whole.items():
        (context.inputs["quantize"] / name).write_bytes(tiny.file())
    found = run(context_of(folders_of(context), network=NetworkRecipe(name="document")))
    assert found["recall"] == 1.0
    assert found["reach"] == REACH


def test_a_wish_to_stop_is_heard(context: StageContext) -> None:
    with pytest.raises(Interrupted):
        run(context_of(folders_of(context), stops=True))


def test_a_model_file_that_is_none_is_refused(context: StageContext) -> None:
    (context.inputs["quantize"] / "model.tflite").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"model\.tflite: cannot be loaded"):
        run(context)


def test_the_painted_pairs_are_left_as_they_are(context: StageContext) -> None:
    before = np.array(stored.read(context.inputs["synth"] / "validation").current)
    run(context)
    assert np.array_equal(stored.read(context.inputs["synth"] / "validation").current, before)

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

pytest.importorskip("skimage", reason="needs scikit-image: pip install '.[convert,demo]'")
pytest.importorskip("onnxruntime", reason="needs onnxruntime: pip install '.[convert]'")
pytest.importorskip("onnx", reason="needs onnx: pip install '.[convert]'")

from convert.audit import run as audit
from convert.bundle import run, verify
from convert.bundle.card import card
from convert.bundle.folder import model_of
from convert.bundle.painting import paint
from convert.data.photographs import RESERVED
from convert.pipeline.files import digests
from convert.recipe import NetworkRecipe, Recipe, TileRecipe
from edge import app
from edge.bundle_files import read_bundle
from edge.core import bundles
from edge.errors import ModelError, StorageError
from edge.golden import FOLDER, INDEX
from edge.types import Denoise, Preprocess
from tests.convert.contexts import context_of
from tests.convert.tiny_onnx import tiny_onnx
from tests.tiny_models import TINY, TINY_FLOAT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from convert.pipeline.stage import StageContext

SIDE = 64
RECIPE = Recipe("tiny", version="1.2", preprocess=Preprocess(denoise=Denoise.MEDIAN), tile=TileRecipe(SIDE))
FIGURES: Mapping[str, Mapping[str, object]] = {
    "synth": {"pairs": 40},
    "train": {"val_f1": 0.61},
    "prune": {"cut_channels": 7},
    "quantize": {"method": "qat", "qat": {"f1": 0.5}},
    "audit": {"passed": True},
    "evaluate": {"threshold": 0.37, "reach": 0.6, "f1": 0.625},
    "gate": {"passed": True},
}


def context(
    folder: Path, *, seed: int = 4, figures: dict[str, dict[str, object]] | None = None
) -> StageContext:
    """Return what the stage is handed after a build of the tiny network."""
    inputs = {stage: folder / stage for stage in FIGURES}
    for stage, found in {**FIGURES, **(figures or {})}.items():
        inputs[stage].mkdir(exist_ok=True)
        (inputs[stage] / "figures.json").write_text(json.dumps(found))
    for name, content in (
        ("model.tflite", replace(TINY, side=SIDE).file()),
        ("float.tflite", replace(TINY_FLOAT, side=SIDE).file()),
        ("model.onnx", tiny_onnx(SIDE)),
    ):
        (inputs["quantize"] / name).write_bytes(content)
    return context_of(RECIPE, folder / "bundle", seed=seed, inputs=inputs)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle, not to be changed."""
    made = context(tmp_path_factory.mktemp("built"))
    run(made)
    return made.partial / "bundle"


@pytest.fixture
def bundle(built: Path, tmp_path: Path) -> Path:
    """A bundle of one's own."""
    return shutil.copytree(built, tmp_path / "bundle")


def test_the_contract_says_what_the_files_take_and_give(built: Path) -> None:
    found = read_bundle(built)
    assert (found.model, found.version, found.threshold, found.reach) == ("tiny", "1.2", 0.37, 0.6)
    assert found.octaves == RECIPE.look.octaves
    assert found.preprocess == RECIPE.preprocess
    assert {file.delegate: file.name for file in found.files} == {
        "cpu": "model.tflite",
        "float": "float.tflite",
        "jetson": "model.onnx",
    }
    (cpu,) = (file for file in found.files if file.delegate == "cpu")
    tiny = replace(TINY, side=SIDE)
    assert {spec.name: spec for spec in (*cpu.inputs, *cpu.outputs)} == {
        spec.name: replace(
            spec, affine=spec.affine and replace(spec.affine, scale=float(np.float32(spec.affine.scale)))
        )
        for spec in (*tiny.inputs(), *tiny.outputs())
    }


def test_every_file_is_the_one_that_the_contract_vouches_for(built: Path) -> None:
    for file in read_bundle(built).files:
        assert model_of(built, file)


def test_a_device_can_load_it(built: Path) -> None:
    for delegate in ("cpu", "float"):
        assert app.engine_of(built, delegate=delegate).contract.threshold == 0.37


def test_a_bundle_answers_its_golden_pairs(built: Path) -> None:
    assert verify(built) == []


def test_an_audit_of_a_whole_bundle_is_clean(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for target in ("cpu", "coral", "jetson"):
        assert audit(argparse.Namespace(model=built, target=target, json=False)) == 0
    assert "for jetson: clean" in capsys.readouterr().out


def test_the_same_inputs_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    again = context(tmp_path)
    run(again)
    assert digests(again.partial / "bundle") == digests(built)


def test_another_seed_paints_other_golden_pairs(built: Path, tmp_path: Path) -> None:
    other = context(tmp_path, seed=5)
    run(other)
    name = f"{FOLDER}/coffee_current.png"
    assert (other.partial / "bundle" / name).read_bytes() != (built / name).read_bytes()


def test_there_is_a_golden_pair_of_each_reserved_photograph_and_the_last_shows_no_change() -> None:
    painted = paint(4, SIDE)
    assert [f"{name}." for name, _, _ in painted] == [file[: file.index(".") + 1] for file in RESERVED]
    assert {each.shape for _, before, after in painted for each in (before, after)} == {(SIDE, SIDE, 3)}


def other_answers(bundle: Path) -> None:
    path = bundle / FOLDER / "coffee_score.png"
    score = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert score is not None
    cv2.imwrite(str(path), 255 - score)


def other_picture(bundle: Path) -> None:
    path = bundle / FOLDER / "coffee_current.png"
    cv2.imwrite(str(path), np.full((SIDE, SIDE, 3), 255, np.uint8))


def other_model(bundle: Path) -> None:
    (bundle / "model.tflite").write_bytes(replace(TINY, side=SIDE, bias=3.0).file())


def swapped_pictures(bundle: Path) -> None:
    before, after = (bundle / FOLDER / f"rocket_{part}.png" for part in ("reference", "current"))
    kept = before.read_bytes()
    before.write_bytes(after.read_bytes())
    after.write_bytes(kept)


def no_index(bundle: Path) -> None:
    (bundle / FOLDER / INDEX).unlink()


def names_outside(bundle: Path) -> None:
    (bundle / FOLDER / INDEX).write_text(json.dumps({"v": 1, "tolerance_lsb": 3, "pairs": ["../../etc"]}))


def no_pairs(bundle: Path) -> None:
    (bundle / FOLDER / INDEX).write_text(json.dumps({"v": 1, "tolerance_lsb": 3, "pairs": []}))


def anything_goes(bundle: Path) -> None:
    (bundle / FOLDER / INDEX).write_text(json.dumps({"v": 1, "tolerance_lsb": 300, "pairs": ["coffee"]}))


def cut_off(bundle: Path) -> None:
    path = bundle / FOLDER / "coffee_score.png"
    path.write_bytes(path.read_bytes()[:40])


def no_contract(bundle: Path) -> None:
    (bundle / bundles.CONTRACT).unlink()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(other_answers, "golden pair coffee", id="other-answers"),
        pytest.param(other_picture, "golden pair coffee", id="another-picture"),
        pytest.param(swapped_pictures, "golden pair rocket", id="pictures-swapped"),
        pytest.param(other_model, "digest", id="another-model"),
        pytest.param(no_index, "no golden pairs", id="no-golden-pairs"),
        pytest.param(names_outside, "is no name", id="names-that-lead-elsewhere"),
        pytest.param(no_pairs, "1 to 64", id="an-empty-list"),
        pytest.param(anything_goes, "tolerance_lsb", id="a-tolerance-that-allows-anything"),
        pytest.param(cut_off, "damaged", id="a-picture-cut-off"),
        pytest.param(no_contract, "contract", id="no-contract"),
    ],
)
def test_a_bundle_that_is_damaged_says_so(damage: Callable[[Path], None], words: str, bundle: Path) -> None:
    damage(bundle)
    (fault,) = verify(bundle)
    assert words in fault


def test_a_few_steps_of_rounding_are_forgiven(bundle: Path) -> None:
    path = bundle / FOLDER / "chelsea_score.png"
    score = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert score is not None
    cv2.imwrite(str(path), np.clip(score.astype(int) + 5, 0, 255).astype(np.uint8))
    assert verify(bundle) == []


def test_the_card_says_how_it_was_made_and_what_was_measured(built: Path) -> None:
    text = (built / "CARD.md").read_text()
    words = [
        "# tiny 1.2",
        "0.370",
        "noise `median`",
        "| train | val_f1 | 0.61 |",
        "| audit | passed | yes |",
        "coffee",
    ]
    assert [word for word in words if word not in text] == []
    assert "$" not in text
    assert all(file.sha256 in text for file in read_bundle(built).files)


def test_the_card_shows_the_golden_pairs(built: Path) -> None:
    picture = cv2.imread(str(built / "card.jpg"))
    assert picture is not None
    assert picture.shape[0] * 3 == picture.shape[1] * len(RESERVED)


def test_a_network_for_whole_views_has_a_card_too(built: Path) -> None:
    recipe = replace(RECIPE, network=NetworkRecipe(name="document"))
    told = card(
        read_bundle(built),
        recipe,
        {**FIGURES, "prune": {"cut_channels": 0}, "quantize": {"method": "ptq"}},
        shows_failures=False,
    )
    assert "does not say where" in told
    # It says what was done, not what a recipe asked for.
    assert "Pruning: none. Rounding to int8: by ranges measured" in told


def test_the_card_tells_what_it_forgives_and_finds_once_that_was_measured(
    tmp_path: Path, built: Path
) -> None:
    measured = {
        **FIGURES["evaluate"],
        "forgiven": {"light x0.6": {"pictures": 0.25, "pixels": 0.00125}},
        "squares": {"30": {"6": 0.5, "12": 0.875}},
        "swapped": 0.0125,
    }
    made = context(tmp_path, figures={"evaluate": measured})
    (made.inputs["evaluate"] / "failures.jpg").write_bytes(b"a picture")
    run(made)
    text = (made.partial / "bundle" / "CARD.md").read_text(encoding="utf-8")
    for row in (
        "| light x0.6 | 25.0% | 0.125% |",
        "| brighter or darker by | 6 px | 12 px |",
        "| 30 grey levels | 0.50 | 0.88 |",
        "changes by 0.013",
        "0.370",
        "0.222",
    ):
        assert row in text
    assert text.index("## Where it fails") < text.index("## How it was made")
    assert (made.partial / "bundle" / "failures.jpg").read_bytes() == b"a picture"
    unmeasured = (built / "CARD.md").read_text(encoding="utf-8")
    assert "Where it fails" not in unmeasured
    assert "How small a thing it finds" not in unmeasured


@pytest.mark.parametrize("name", ["threshold", "reach"])
@pytest.mark.parametrize("value", [None, 0.0, 1.0, "half"])
def test_without_a_threshold_it_says_what_to_run(name: str, value: object, tmp_path: Path) -> None:
    found = {"threshold": 0.5, "reach": 0.5, name: value}
    with pytest.raises(StorageError, match=f"no {name} .* evaluate` again"):
        run(context(tmp_path, figures={"evaluate": found}))


def test_a_model_file_that_is_none_is_refused(tmp_path: Path) -> None:
    made = context(tmp_path)
    (made.inputs["quantize"] / "float.tflite").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"float\.tflite"):
        run(made)

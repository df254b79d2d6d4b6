from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs the convert extra: pip install '.[convert]'")

from convert import models
from convert.audit import cpu
from convert.audit.graph import read
from convert.onnx_file import OnnxFile
from convert.quantize import run
from convert.recipe import NetworkRecipe, QuantizeRecipe
from convert.tflite import Tflite
from edge.errors import ModelError
from edge.types import Affine
from tests.convert.contexts import KERAS, context_of
from tests.convert.quantize.conftest import SIDE, TINY, WIDTHS, Done, done

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = [*KERAS, pytest.mark.slow]

PICTURE = Affine(float(np.float32(1 / 255)), -128)
RNG = np.random.default_rng(3)
BEFORE, AFTER = (RNG.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8) for _ in range(2))


def test_the_int8_file_takes_and_gives_int8_by_the_names_of_the_contract(qat: Done) -> None:
    file = Tflite(qat.read("model.tflite"), origin="model.tflite")
    assert {name: spec.affine for name, spec in file.inputs.items()} == {
        "reference": PICTURE,
        "current": PICTURE,
    }
    assert {name: (spec.shape, spec.dtype) for name, spec in file.outputs.items()} == {
        "score": ((1, SIDE // 2, SIDE // 2, 1), "int8")
    }


def test_all_of_the_int8_file_is_int8_and_runs_in_one_piece(qat: Done) -> None:
    report = cpu.audit(qat.read("model.tflite"), file="model.tflite")
    assert (report.violations, report.facts["partitions"]) == ((), 1)


def test_all_of_the_file_by_the_other_method_is_int8(qat: Done) -> None:
    assert cpu.not_integers(read(qat.read("ptq.tflite"), origin="ptq.tflite")) == []


def test_what_is_joined_has_one_scale_so_that_nothing_is_rounded_twice(qat: Done) -> None:
    graph = read(qat.read("model.tflite"), origin="model.tflite")
    joins = [operator for operator in graph.operators if operator.kind == "CONCATENATION"]
    assert len(joins) == 7
    for join in joins:
        affines = {(each.scales, each.zero_points) for each in graph.of((*join.inputs, *join.outputs))}
        assert len(affines) == 1


def test_features_of_both_pictures_have_the_fixed_scale(qat: Done) -> None:
    graph = read(qat.read("model.tflite"), origin="model.tflite")
    compared = [operator for operator in graph.operators if operator.kind == "SUB"]
    for operator in compared:
        (output,) = graph.of(operator.outputs)
        assert output.scales == pytest.approx((6 / 255,))
        assert output.zero_points == (-128,)


def test_the_float_files_answer_as_the_network(ptq: Done) -> None:
    import keras  # noqa: PLC0415 - after the skip

    network = keras.models.load_model(ptq.inputs["prune"] / "model.keras", compile=False)
    fed = {
        name: keras.ops.convert_to_tensor(pixels[np.newaxis].astype(np.float32) / 255)
        for name, pixels in (("reference", BEFORE), ("current", AFTER))
    }
    wanted = np.asarray(network(fed, training=False))
    for file in (
        Tflite(ptq.read("float.tflite"), origin="float.tflite"),
        OnnxFile(ptq.read("model.onnx"), origin="model.onnx"),
    ):
        assert file.logits(BEFORE, AFTER) == pytest.approx(wanted, abs=1e-4)


def test_the_int8_file_answers_nearly_as_the_float_file(qat: Done) -> None:
    rounded, unrounded = (
        Tflite(qat.read(name), origin=name).logits(BEFORE, AFTER) for name in ("model.tflite", "float.tflite")
    )
    spread = float(unrounded.max() - unrounded.min())
    assert float(np.abs(rounded - unrounded).mean()) < 0.1 * spread


def test_onnx_keeps_the_names(qat: Done) -> None:
    file = OnnxFile(qat.read("model.onnx"), origin="model.onnx")
    assert file.inputs == {"reference": (1, SIDE, SIDE, 3), "current": (1, SIDE, SIDE, 3)}
    assert file.outputs == {"score": (1, SIDE // 2, SIDE // 2, 1)}


def test_agreement_is_told_for_every_layer_and_both_methods(qat: Done) -> None:
    told = json.loads(qat.read("agreement.json"))
    layers = {layer.name for layer in models.floating(WIDTHS).layers if layer.weights}
    convolutions = {name for name in layers if not name.endswith("_bn")}
    for method in ("qat", "ptq"):
        assert {layer["layer"] for layer in told["layers"][method]} == convolutions
        # A network taught for seconds varies; layers paired wrongly come out at 0 dB and below.
        assert min(layer["sqnr_db"] for layer in told["layers"][method]) > 2
    assert qat.read("agreement.png").startswith(b"\x89PNG")


def test_layers_of_the_encoder_are_told_for_each_picture(qat: Done) -> None:
    layers = json.loads(qat.read("agreement.json"))["layers"]["qat"]
    assert {layer["pictures"] for layer in layers if layer["layer"] == "stem"} == {"reference", "current"}
    assert {layer["pictures"] for layer in layers if layer["layer"] == "d2"} == {"current and reference"}


def test_figures_tell_the_agreement_of_both_methods(qat: Done) -> None:
    assert qat.figures["method"] == "qat"
    for method in ("qat", "ptq"):
        assert isinstance(told := qat.figures[method], dict)
        assert told["mask_agreement"] > 0.8
    json.dumps(qat.figures, allow_nan=False)


def test_without_training_there_is_one_int8_file(ptq: Done) -> None:
    assert ptq.figures["method"] == "ptq"
    assert cpu.not_integers(read(ptq.read("model.tflite"), origin="model.tflite")) == []
    assert not (ptq.folder / "ptq.tflite").exists()


def test_a_network_that_cannot_be_read_says_what_to_run(inputs: Mapping[str, Path], tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes(b"nothing")
    broken = {**inputs, "prune": tmp_path}
    with pytest.raises(ModelError, match=r"model\.keras: cannot be read .* prune` again"):
        run(context_of(TINY, tmp_path / "quantize", inputs=broken))


def test_a_network_for_whole_views_becomes_int8_too(inputs: Mapping[str, Path], tmp_path: Path) -> None:
    recipe = replace(
        TINY, network=NetworkRecipe(name="document"), quantize=QuantizeRecipe(calibration_pairs=4)
    )
    (tmp_path / "prune").mkdir()
    models.save(models.trainable(recipe.network), tmp_path / "prune" / "model.keras")
    made = done(recipe, tmp_path / "quantize", {**inputs, "prune": tmp_path / "prune"})
    file = Tflite(made.read("model.tflite"), origin="model.tflite")
    assert file.outputs["score"].shape == (1, 1)
    assert cpu.audit(made.read("model.tflite"), file="model.tflite").clean
    assert made.figures["method"] == "ptq"

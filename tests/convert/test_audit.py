from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from convert.audit import coral, cpu, run, stage
from convert.audit.graph import read
from convert.audit.report import Report, Violation, table
from convert.recipe import Recipe
from edge.errors import ModelError, StorageError
from tests.convert.altered import altered, becomes, custom, graph
from tests.convert.contexts import context_of
from tests.tiny_models import SIDE, TINY, TINY_FLOAT, store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "model.tflite"
CLEAN = TINY.file()


def arguments(model: Path, target: str, *, as_json: bool = False) -> argparse.Namespace:
    return argparse.Namespace(model=model, target=target, json=as_json)


def sentences(report: Report) -> str:
    return "\n".join(str(violation) for violation in report.violations)


def test_operators_tensors_and_names_are_read_from_the_file() -> None:
    found = read(CLEAN, origin=NAME)
    assert [operator.kind for operator in found.operators] == ["SUB", "MAX_POOL_2D", "CONV_2D"]
    assert set(found.inputs) == {"reference", "current"}
    assert found.tensors[found.outputs["score"]].shape == (1, SIDE // 2, SIDE // 2, 1)
    assert found.tensors[found.inputs["current"]].scales == pytest.approx((1 / 255,))


def test_every_tensor_knows_the_pictures_it_comes_from() -> None:
    found = read(CLEAN, origin=NAME)
    assert found.sources()[found.outputs["score"]] == {"reference", "current"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"TFL3" * 100, id="another-format"),
        pytest.param(CLEAN[:200], id="cut-off"),
        pytest.param(replace(TINY, signatures=2).file(), id="two-signatures"),
    ],
)
def test_what_is_no_usable_file_is_refused(content: bytes) -> None:
    with pytest.raises(ModelError, match=NAME):
        read(content, origin=NAME)


def test_a_file_of_integers_in_one_piece_is_clean_for_processors() -> None:
    report = cpu.audit(CLEAN, file=NAME)
    assert report.violations == ()
    assert (report.facts["partitions"], report.facts["outside"]) == (1, 0)


def test_parameters_and_multiplications_are_counted() -> None:
    facts = cpu.audit(CLEAN, file=NAME).facts
    assert facts["parameters"] == 3 + 1
    assert facts["multiplications"] == (SIDE // 2) ** 2 * 3
    assert facts["size_kb"] == len(CLEAN) / 1000


def test_every_operator_on_floats_is_named() -> None:
    report = cpu.audit(TINY_FLOAT.file(), file=NAME)
    assert [(each.operator, each.index) for each in report.violations] == [
        ("SUB", 0),
        ("MAX_POOL_2D", 1),
        ("CONV_2D", 2),
    ]
    assert "float32" in sentences(report)


def test_an_operator_that_xnnpack_leaves_out_is_named_with_a_way_out() -> None:
    report = cpu.audit(altered(CLEAN, becomes("ABS", inputs=1)), file=NAME)
    assert report.facts["outside"] == 1
    (violation,) = report.violations
    assert (violation.operator, violation.index) == ("ABS", 0)
    assert "relu(a - b)" in violation.fix


def test_a_file_of_published_operators_is_clean_for_coral() -> None:
    assert coral.audit(CLEAN, file=NAME).violations == ()


def fuses(model: Any) -> None:  # noqa: ANN401 - generated code has no types
    graph(model).operators[1].builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.RELU


def dilates(model: Any) -> None:  # noqa: ANN401 - generated code has no types
    graph(model).operators[2].builtinOptions.dilationWFactor = 2


def grows(model: Any) -> None:  # noqa: ANN401 - generated code has no types
    graph(model).tensors[graph(model).inputs[0]].shapeSignature = [-1, SIDE, SIDE, 3]


def batches(model: Any) -> None:  # noqa: ANN401 - generated code has no types
    for tensor in graph(model).tensors:
        if len(tensor.shape) == 4 and tensor.buffer == 0:
            tensor.shape = [2, *tensor.shape[1:]]


def computes_weights(model: Any) -> None:  # noqa: ANN401 - generated code has no types
    graph(model).tensors[graph(model).operators[2].inputs[1]].buffer = 0


def weighs(model: Any) -> None:  # noqa: ANN401 - generated code has no types
    tensor = graph(model).tensors[graph(model).operators[2].inputs[1]]
    model.buffers[tensor.buffer].data = np.zeros(9_000_000, np.uint8)


def joins_a_constant(model: Any) -> None:  # noqa: ANN401 - generated code has no types
    becomes("CONCATENATION")(model)
    constant = graph(model).operators[2].inputs[1]
    graph(model).operators[0].inputs = [graph(model).inputs[0], constant]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(becomes("ABS", inputs=1), ["operator 0 (ABS)", "does not have"], id="operator"),
        pytest.param(custom("mine"), ["operator 0 (custom mine)", "does not have"], id="custom-operator"),
        pytest.param(fuses, ["operator 1 (MAX_POOL_2D)", "fused"], id="fused-activation"),
        pytest.param(dilates, ["operator 2 (CONV_2D)", "dilated"], id="dilation"),
        pytest.param(grows, ["operator 0 (SUB)", "no fixed size"], id="open-size"),
        pytest.param(batches, ["operator 0 (SUB)", "innermost"], id="batch-of-two"),
        pytest.param(computes_weights, ["operator 2 (CONV_2D)", "no constants"], id="computed-weights"),
        pytest.param(weighs, ["9.0 MB", "prune"], id="too-large"),
        pytest.param(joins_a_constant, ["operator 0 (CONCATENATION)", "padding"], id="constant-joined"),
    ],
)
def test_what_breaks_a_published_rule_of_coral_is_named(
    change: Callable[[Any], None], words: list[str]
) -> None:
    told = sentences(coral.audit(altered(CLEAN, change), file=NAME))
    assert [word for word in words if word not in told] == []


def test_of_a_compiled_file_only_what_is_left_to_the_processor_counts() -> None:
    def drop_signature(model: Any) -> None:  # noqa: ANN401 - generated code has no types
        custom("edgetpu-custom-op")(model)
        model.signatureDefs = []

    report = coral.audit(altered(CLEAN, drop_signature), file="model_edgetpu.tflite")
    assert [violation.operator for violation in report.violations] == ["MAX_POOL_2D", "CONV_2D"]


def test_enlarging_is_remarked_on_where_only_the_compiler_knows() -> None:
    def resizes(model: Any) -> None:  # noqa: ANN401 - generated code has no types
        becomes("RESIZE_BILINEAR", at=1)(model)
        model.operatorCodes[1].version = 3

    report = coral.audit(altered(CLEAN, resizes), file=NAME)
    assert report.clean
    assert "operator 1 (RESIZE_BILINEAR)" in report.remarks[0]
    assert "compiler 16" in report.remarks[1]


def test_a_table_tells_facts_violations_and_their_fixes() -> None:
    broken = tuple(Violation("is wrong", "mend it", "SUB", index) for index in range(30))
    text = table([Report("cpu", NAME, {"size_kb": 1234.5}, broken)])
    assert "model.tflite for cpu: 30 violations" in text
    assert "operator 3 (SUB): is wrong: mend it" in text
    assert "and 10 more" in text


@pytest.mark.parametrize("target", ["cpu", "coral"])
def test_a_clean_bundle_and_file_exit_with_zero(
    target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / NAME).write_bytes(CLEAN)
    assert run(arguments(tmp_path / NAME, target)) == 0
    assert f"{NAME} for {target}: clean" in capsys.readouterr().out


def test_violations_exit_with_one_and_are_told_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / NAME).write_bytes(TINY_FLOAT.file())
    assert run(arguments(tmp_path / NAME, "cpu", as_json=True)) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["clean"], told["violations"][0]["operator"]) == (False, "SUB")


def test_a_bundle_without_golden_pairs_is_not_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments(store(tmp_path), "cpu")) == 1
    assert "golden" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "target", "words"),
    [
        pytest.param(NAME, "jetson", r"ends in \.onnx", id="a-file-for-something-else"),
        pytest.param("missing.tflite", "cpu", "No such file", id="no-file"),
        pytest.param(
            ".", "jetson", "no model for jetson; it has cpu, float", id="a-bundle-without-the-target"
        ),
    ],
)
def test_what_cannot_be_audited_says_why(name: str, target: str, words: str, tmp_path: Path) -> None:
    store(tmp_path)
    with pytest.raises(ModelError, match=words):
        run(arguments(tmp_path / name, target))


def models(folder: Path, *, int8: bytes = CLEAN) -> Path:
    """Write what the ``quantize`` stage leaves; return its folder."""
    onnx = pytest.importorskip("tests.convert.tiny_onnx", reason="needs onnx: pip install '.[convert]'")
    folder.mkdir()
    for name, content in (
        (NAME, int8),
        ("float.tflite", TINY_FLOAT.file()),
        ("model.onnx", onnx.tiny_onnx(SIDE)),
    ):
        (folder / name).write_bytes(content)
    return folder


def test_the_stage_passes_clean_files_and_leaves_its_reports(tmp_path: Path) -> None:
    found = stage(
        context_of(Recipe("tiny"), tmp_path / "audit", inputs={"quantize": models(tmp_path / "quantize")})
    )
    assert (found["passed"], found["violations"]) == (True, [])
    reports = json.loads((tmp_path / "audit" / "audit.json").read_text())
    assert [report["target"] for report in reports] == ["cpu", "coral", "jetson"]
    assert "for jetson: clean" in (tmp_path / "audit" / "audit.txt").read_text()


def test_the_stage_does_not_pass_a_file_that_breaks_a_rule(tmp_path: Path) -> None:
    broken = models(tmp_path / "quantize", int8=altered(CLEAN, becomes("ABS", inputs=1)))
    found = stage(context_of(Recipe("tiny"), tmp_path / "audit", inputs={"quantize": broken}))
    assert found["passed"] is False
    assert [each.partition(":")[0] for each in found["violations"]] == ["cpu", "coral"]  # type: ignore[attr-defined] # figures are any JSON


def test_the_stage_says_what_to_run_where_a_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="quantize` again"):
        stage(context_of(Recipe("tiny"), tmp_path / "audit", inputs={"quantize": tmp_path}))


@pytest.mark.parametrize("module", ["convert.audit", "convert.bundle", "convert.compile_coral"])
def test_checking_and_bundling_do_without_tensorflow(module: str) -> None:
    script = f"import sys, {module}; print({{'tensorflow', 'keras', 'onnx'}} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

from __future__ import annotations

import re

import pytest

pytest.importorskip("onnx", reason="needs onnx: pip install '.[convert]'")
pytest.importorskip("onnxruntime", reason="needs onnxruntime: pip install '.[convert]'")

import numpy as np
from onnx import helper

from convert.audit import jetson
from convert.onnx_file import OnnxFile
from edge.errors import ModelError
from tests.convert.tiny_onnx import tiny_onnx
from tests.tiny_models import SIDE, TINY_FLOAT, logit_of

NAME = "model.onnx"
FLOAT = TINY_FLOAT.file()


def test_it_answers_by_name() -> None:
    file = OnnxFile(tiny_onnx(SIDE), origin=NAME)
    dark, bright = (np.full((SIDE, SIDE, 3), level, np.uint8) for level in (10, 110))
    assert file.logits(reference=dark, current=bright).max() == pytest.approx(logit_of(100), abs=1e-3)
    assert file.logits(reference=bright, current=dark).max() == pytest.approx(logit_of(0), abs=1e-3)


def test_the_same_network_in_both_formats_is_clean() -> None:
    report = jetson.audit(tiny_onnx(SIDE), file=NAME, unrounded=FLOAT)
    assert report.violations == ()
    assert report.facts["float_difference"] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(tiny_onnx(SIDE, bias=0.0), "logits differ by 4 ", id="another-network"),
        pytest.param(tiny_onnx(SIDE, opset=18), "opset 18", id="too-new-an-opset"),
        pytest.param(tiny_onnx(SIDE, batch="N"), "no fixed size", id="any-batch"),
        pytest.param(
            tiny_onnx(SIDE, first=[helper.make_node("NonZero", ["current"], ["places"])]),
            r"operator 0 \(NonZero\)",
            id="an-operator-that-tensorrt-lacks",
        ),
        pytest.param(
            tiny_onnx(
                SIDE,
                first=[
                    helper.make_node("Constant", [], ["sizes"], value_floats=[1.0, 2.0, 2.0, 1.0]),
                    helper.make_node("Resize", ["current", "", "sizes"], ["larger"], mode="cubic"),
                ],
            ),
            r"operator 1 \(Resize\): TensorRT does not enlarge by cubic",
            id="a-way-to-enlarge-that-tensorrt-lacks",
        ),
    ],
)
def test_what_tensorrt_cannot_do_is_named(content: bytes, words: str) -> None:
    report = jetson.audit(content, file=NAME, unrounded=FLOAT)
    assert not report.clean
    (violation,) = report.violations
    assert re.search(words, str(violation))


@pytest.mark.parametrize("content", [b"nothing", b"", tiny_onnx(SIDE)[:100]])
def test_what_is_no_onnx_file_is_refused(content: bytes) -> None:
    with pytest.raises(ModelError, match=NAME):
        jetson.audit(content, file=NAME, unrounded=None)

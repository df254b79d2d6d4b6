"""Rules for NVIDIA Jetson: TensorRT has every operator, and ONNX Runtime gives the same answers.

Source:
    github.com/onnx/onnx-tensorrt, docs/operators.md, of TensorRT 8.4.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped] # has no types

from convert.audit.report import Report, Violation
from convert.model_files import FLOAT
from convert.onnx_file import OnnxFile
from convert.tflite import Tflite
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = "jetson"

MAX_OPSET = 17
"""TensorRT 8.5, of JetPack 5.1, reads no newer one."""

_OPERATORS = """
Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast Ceil
Celu Clip Concat Constant ConstantOfShape Conv ConvTranspose Cos Cosh CumSum DepthToSpace
DequantizeLinear Div Dropout Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor Gather
GatherElements GatherND Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GRU
HardSigmoid Identity If InstanceNormalization IsNaN LeakyRelu Less LessOrEqual Log LogSoftmax Loop
LpNormalization LpPool LRN LSTM MatMul Max MaxPool Mean Min Mul Neg NonMaxSuppression Not Or Pad
PRelu Pow QuantizeLinear Range ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean
ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize ReverseSequence RNN Round Scan
ScatterElements ScatterND Selu Shape Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign
SpaceToDepth Split Sqrt Squeeze Sub Sum Tan Tanh ThresholdedRelu Tile TopK Transpose Unsqueeze
Upsample Where Xor
"""
SUPPORTED = frozenset(_OPERATORS.split())

RESIZE_MODES = frozenset({"nearest", "linear"})
RESIZE_COORDINATES = frozenset(
    {"half_pixel", "pytorch_half_pixel", "tf_half_pixel_for_nn", "asymmetric", "align_corners"}
)

MOST_APART = 0.01
"""Logits; a hundred times what the order of additions makes."""

PICTURES = 3


def audit(content: bytes, *, file: str, unrounded: bytes | None) -> Report:
    """Hold an ONNX file against what TensorRT reads, and run it.

    Args:
        content: The file.
        file: Its name, for people.
        unrounded: The same network as a float TFLite file; ``None`` where there is none.

    Raises:
        ModelError: It cannot be read.
    """
    model = _parsed(content, file)
    opset = max((each.version for each in model.opset_import if each.domain in {"", "ai.onnx"}), default=0)
    kinds = Counter(node.op_type for node in model.graph.node)
    violations = list(_broken(model))
    if opset > MAX_OPSET:
        violations.append(
            Violation(f"opset {opset}, and TensorRT 8.5 reads up to {MAX_OPSET}", "export an older opset")
        )
    facts: dict[str, float | int | str] = {
        "size_kb": len(content) / 1000,
        "operators": len(model.graph.node),
        "kinds": ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()),
        "opset": opset,
    }
    loaded = OnnxFile(content, origin=file)
    open_ = [
        name for name, shape in loaded.inputs.items() if not all(isinstance(side, int) for side in shape)
    ]
    if open_:
        violations.append(
            Violation(f"{open_[0]} has no fixed size", "export the model for one size of pictures")
        )
    elif unrounded is not None:
        facts["float_difference"] = apart = _apart(loaded, Tflite(unrounded, origin=FLOAT))
        if not apart <= MOST_APART:
            violations.append(
                Violation(f"logits differ by {apart:.4g} from the float model", "export both again")
            )
    return Report(TARGET, file, facts, tuple(violations))


def _parsed(content: bytes, file: str) -> onnx.ModelProto:
    try:
        model = onnx.load_model_from_string(content)
        onnx.checker.check_model(model)
    except (DecodeError, onnx.checker.ValidationError) as error:
        msg = f"{file}: not an ONNX file, or damaged ({' '.join(str(error).split())[:120]}): build it again"
        raise ModelError(msg) from error
    return model


def _broken(model: onnx.ModelProto) -> Iterator[Violation]:
    constants = {tensor.name for tensor in model.graph.initializer}
    for index, node in enumerate(model.graph.node):
        kind = node.op_type
        if kind not in SUPPORTED or node.domain not in {"", "ai.onnx"}:
            yield Violation("TensorRT does not have this operator", "take another one", kind, index)
        if kind in {"Conv", "ConvTranspose"} and node.input[1] not in constants:
            yield Violation("its weights are no constants", "export with the weights frozen", kind, index)
        if kind == "Resize":
            settings = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
            mode = settings.get("mode", b"nearest").decode()
            coordinates = settings.get("coordinate_transformation_mode", b"half_pixel").decode()
            if mode not in RESIZE_MODES or coordinates not in RESIZE_COORDINATES:
                what = f"TensorRT does not enlarge by {mode} and {coordinates}"
                yield Violation(what, "enlarge bilinearly", kind, index)


def _apart(loaded: OnnxFile, unrounded: Tflite) -> float:
    """Return the largest difference of two logits on noise."""
    rng = np.random.default_rng(0)
    apart = 0.0
    for _ in range(PICTURES):
        shape = [side or 0 for side in unrounded.inputs["reference"].shape[1:]]
        before, after = (rng.integers(0, 256, shape, dtype=np.uint8) for _ in range(2))
        ours, theirs = loaded.logits(before, after), unrounded.logits(before, after)
        apart = max(apart, float(np.abs(ours - theirs).max()))
    return apart

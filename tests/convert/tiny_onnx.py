"""The network of ``tests.tiny_models`` as an ONNX file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.tiny_models import BIAS, GAIN

if TYPE_CHECKING:
    from collections.abc import Sequence


def tiny_onnx(
    side: int,
    *,
    bias: float = BIAS,
    opset: int = 13,
    batch: int | str = 1,
    first: Sequence[onnx.NodeProto] = (),
) -> bytes:
    """Return the file.

    Args:
        side: Of its pictures.
        bias: Added to every logit.
        opset: Which operators it uses.
        batch: Pairs at a time, or a name for any number.
        first: Operators to put before the others; they need not be used.
    """
    pictures = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [batch, side, side, 3])
        for name in ("reference", "current")
    ]
    score = helper.make_tensor_value_info("score", TensorProto.FLOAT, [batch, side // 2, side // 2, 1])
    weights = {
        "weight": np.full((1, 3, 1, 1), GAIN / 3, np.float32),
        "bias": np.full(1, bias, np.float32),
    }
    nodes = [
        *first,
        helper.make_node("Sub", ["current", "reference"], ["apart"]),
        helper.make_node("Relu", ["apart"], ["brighter"]),
        helper.make_node("Transpose", ["brighter"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("MaxPool", ["planes"], ["largest"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["largest", "weight", "bias"], ["mixed"]),
        helper.make_node("Transpose", ["mixed"], ["score"], perm=[0, 2, 3, 1]),
    ]
    stored = [numpy_helper.from_array(values, name) for name, values in weights.items()]
    graph = helper.make_graph(nodes, "tiny", pictures, [score], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content

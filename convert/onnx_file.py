"""An ONNX file, on ONNX Runtime's processor provider: the code path of a Jetson without its hardware."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import onnxruntime

from edge.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

ERRORS_ONLY = 3
"""ONNX Runtime's number for what it should print."""


class OnnxFile:
    """A network for pairs in float32.

    Args:
        content: The file.
        origin: Its name, for messages.

    Attributes:
        inputs: Shape of each input, by name.

    Raises:
        ModelError: ONNX Runtime cannot load it.
    """

    def __init__(self, content: bytes, *, origin: str) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = ERRORS_ONLY
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            msg = f"{origin}: ONNX Runtime cannot load it ({_line(error)}): build it again"
            raise ModelError(msg) from error
        self._origin = origin
        self.inputs = {tensor.name: tuple(tensor.shape) for tensor in self._session.get_inputs()}
        self.outputs = {tensor.name: tuple(tensor.shape) for tensor in self._session.get_outputs()}

    def logits(self, reference: Pixels, current: Pixels) -> NDArray[np.float32]:
        """Return the answer to two pictures, uint8 ``(S, S, 3)``, of the network's size.

        Raises:
            ModelError: ONNX Runtime fails.
        """
        pair = {"reference": reference, "current": current}
        fed = {name: pixels.astype(np.float32)[np.newaxis] / np.float32(255) for name, pixels in pair.items()}
        try:
            (score,) = self._session.run(["score"], fed)
        except Exception as error:
            msg = f"{self._origin}: ONNX Runtime cannot run it ({_line(error)}): build it again"
            raise ModelError(msg) from error
        return cast("NDArray[np.float32]", score)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]

"""A TFLite file, loaded: fed and read by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from convert.silence import silenced
from edge.core.quant import dequantize, quantize
from edge.errors import ModelError
from edge.types import Affine, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from edge.types import Pixels

SCORE = "score"
IDENTIFIER = b"TFL3"
"""What stands at bytes 4 to 8 of a TFLite file."""


class Tflite:
    """A network for pairs, on the processor, one thread.

    Args:
        content: The file.
        origin: Its name, for messages.
        plain: Whether to keep every tensor, for ``tensor``: slower, without XNNPACK.

    Attributes:
        inputs: What it takes, by name.
        outputs: What it gives, by name.

    Raises:
        ModelError: LiteRT cannot load it, or it has several signatures.
    """

    def __init__(self, content: bytes, *, origin: str, plain: bool = False) -> None:
        resolver = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES if plain else OpResolverType.AUTO
        try:
            with silenced():
                self._interpreter = Interpreter(
                    model_content=content,
                    num_threads=1,
                    experimental_preserve_all_tensors=plain,
                    experimental_op_resolver_type=resolver,
                )
                self._interpreter.allocate_tensors()
            (signature,) = self._interpreter.get_signature_list()
            self._runner = self._interpreter.get_signature_runner(signature)
        except (ValueError, RuntimeError) as error:
            msg = f"{origin}: cannot be loaded ({' '.join(str(error).split())[:200]}): build it again"
            raise ModelError(msg) from error
        self.inputs = _specs(self._runner.get_input_details())
        self.outputs = _specs(self._runner.get_output_details())

    @property
    def partitions(self) -> list[tuple[list[int], list[int]]]:
        """Input and output tensors of each part of the graph that XNNPACK has taken over."""
        parts = [part for part in self._interpreter._get_ops_details() if part["op_name"] == "DELEGATE"]  # noqa: SLF001 - there is no other way
        return [([int(i) for i in part["inputs"]], [int(i) for i in part["outputs"]]) for part in parts]

    def stored(self, reference: Pixels, current: Pixels) -> NDArray[np.generic]:
        """Return the answer as the file gives it.

        Args:
            reference: uint8 ``(S, S, 3)``, of the network's size.
            current: The same.
        """
        pair = {"reference": reference, "current": current}
        fed = {name: _fed(pixels, self.inputs[name]) for name, pixels in pair.items()}
        return cast("NDArray[np.generic]", self._runner(**fed)[SCORE])

    def logits(self, reference: Pixels, current: Pixels) -> NDArray[np.float32]:
        """Return the answer in real units; see ``stored``."""
        return real(self.stored(reference, current), self.outputs[SCORE].affine)

    def tensor(self, index: int) -> NDArray[np.generic]:
        """Return a tensor of the last run, as it is stored, by its number in the file."""
        return cast("NDArray[np.generic]", self._interpreter.get_tensor(index))


def real(stored: NDArray[np.generic], affine: Affine | None) -> NDArray[np.float32]:
    """Return what an int8 or a float32 tensor means."""
    if affine is None:
        return stored.astype(np.float32)
    return dequantize(cast("NDArray[np.int8]", stored), affine)


def _fed(pixels: Pixels, spec: TensorSpec) -> NDArray[np.generic]:
    scaled = pixels.astype(np.float32)[np.newaxis] / np.float32(255)
    return scaled if spec.affine is None else quantize(scaled, spec.affine)


def _specs(details: Mapping[str, Mapping[str, Any]]) -> dict[str, TensorSpec]:
    return {name: _spec(name, detail) for name, detail in details.items()}


def _spec(name: str, detail: Mapping[str, Any]) -> TensorSpec:
    scale, zero_point = detail["quantization"]
    return TensorSpec(
        name=name,
        shape=tuple(int(side) for side in detail["shape"]),
        dtype=np.dtype(detail["dtype"]).name,
        affine=Affine(float(scale), int(zero_point)) if scale else None,
    )

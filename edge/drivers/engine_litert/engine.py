"""The engine with a network: looks at a pair of pictures tile by tile, in one or more sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from edge.core.bundles import check_tensors
from edge.core.contract import PAIR, SCORE, check_inputs
from edge.core.quant import logistic, quantize, real_table
from edge.drivers.engine_litert.network import Network
from edge.errors import EngineError
from edge.vision.octaves import in_sizes, joined
from edge.vision.preprocess import prepared
from edge.vision.tiles import cut, scored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from edge.types import ModelContract, Pixels, TensorSpec
    from edge.vision.tiles import Tile

ON_PROCESSOR = ("cpu", "float")


class LiteRtEngine:
    """Implements ``edge.ports.Engine`` with a network that compares pairs.

    Where both pictures are equal to the last bit, the network is not asked: the
    score is zero.

    Args:
        contract: What the model file takes and gives.
        model: The file.
        delegate: What the file is made for: ``cpu``, or ``float``, which runs
            there too.
        threads: How many of the processor's threads may work, at least 1.

    Attributes:
        contract: What the *engine* takes and gives: pictures of any size, and
            their score map.
        delegate: As given.

    Raises:
        ModelError: The file is not the one that the contract vouches for, or
            cannot be loaded.
        ContractError: A tensor is not what the contract promises, or the contract
            is not that of a network that compares pairs.
        EngineError: No LiteRT here, or another delegate.
    """

    def __init__(self, contract: ModelContract, model: bytes, *, delegate: str = "cpu", threads: int) -> None:
        if delegate not in ON_PROCESSOR:
            msg = f"this version cannot run on {delegate!r}: use {' or '.join(ON_PROCESSOR)}"
            raise EngineError(msg)
        check_tensors(contract.inputs, contract.outputs)
        self.contract = replace(contract, inputs=PAIR[:2], outputs=SCORE)
        self.delegate = delegate
        self._network = Network(contract, model, threads=threads)
        self._stored = {spec.name: _stored(spec) for spec in contract.inputs}
        height, width = contract.inputs[0].shape[1:3]
        self._size = (height or 0, width or 0)
        answer = contract.outputs[0]
        self._whole_view = len(answer.shape) == 2  # noqa: PLR2004 - (1, 1)
        self._real = None if answer.affine is None else real_table(answer.affine)

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Mapping[str, NDArray[np.generic]]:
        """Compare; see ``edge.ports.Engine``."""
        check_inputs(self.contract, inputs)
        reference, current = (cast("Pixels", inputs[name]) for name in ("reference", "current"))
        if np.array_equal(reference, current):
            return {"score": np.zeros(reference.shape[:2], np.float32)}
        before, after = prepared(reference, current, self.contract.preprocess)
        if self._whole_view:
            logit = self._look(self._shrunk(before), self._shrunk(after))
            return {"score": np.full(reference.shape[:2], logistic(logit))}
        logits = [self._logits(*shown) for shown in in_sizes(before, after, self.contract.octaves)]
        return {"score": logistic(joined(logits))}

    def _logits(self, before: Pixels, after: Pixels) -> NDArray[np.float32]:
        """Return the logits of two prepared pictures, in their size; ``-inf`` where tiles are equal."""

        def logits_of(tile: Tile) -> NDArray[np.float32] | None:
            shown = cut(before, tile), cut(after, tile)
            if np.array_equal(*shown):
                return None
            answer = self._look(*shown)
            return cast(
                "NDArray[np.float32]", cv2.resize(answer, self._size[::-1], interpolation=cv2.INTER_LINEAR)
            )

        height, width = before.shape[:2]
        return scored(height, width, self._size, logits_of, left_out=-np.inf)

    def _look(self, before: Pixels, after: Pixels) -> NDArray[np.float32]:
        """Return the logits of two pictures of the network's size, in the size of its answer."""
        pair = {"reference": before, "current": after}
        answer = self._network.score(
            **{name: cv2.LUT(pixels, self._stored[name])[np.newaxis] for name, pixels in pair.items()}
        )
        if self._real is not None:
            logits = self._real[cast("NDArray[np.int8]", answer).view(np.uint8)]
        else:
            logits = cast("NDArray[np.float32]", answer)
            if not np.isfinite(logits).all():
                msg = f"model {self.contract.model!r} answered with what is no number: build it again"
                raise EngineError(msg)
        return logits[0, 0] if self._whole_view else logits[0, :, :, 0]

    def _shrunk(self, pixels: Pixels) -> Pixels:
        return cast("Pixels", cv2.resize(pixels, self._size[::-1], interpolation=cv2.INTER_AREA))


def _stored(spec: TensorSpec) -> NDArray[np.float32] | NDArray[np.int8]:
    """Return how a tensor stores each grey level, ``(256,)``: in ``[0, 1]`` before quantization."""
    real = np.arange(256, dtype=np.float32) / np.float32(255.0)
    return real if spec.affine is None else quantize(real, spec.affine)

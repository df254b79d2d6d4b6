"""How far an int8 file is from the same network in float: layer by layer, and in the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from convert.audit import graph
from convert.tflite import Tflite, real
from edge.core.quant import logistic
from edge.types import Affine

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from convert.quantize.views import View

MOST_DB = 99.0
"""What is told of a layer without any difference."""

WEIGHTED = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"})
"""Operators that a layer of the network becomes."""

Place = tuple[str, frozenset[str]]
"""A layer, and which pictures it saw: the encoder sees each alone."""


@dataclass(frozen=True, slots=True)
class LayerAgreement:
    """What rounding did to what one layer gives.

    Attributes:
        layer: Its name.
        pictures: Which pictures it saw, such as ``reference``.
        sqnr_db: Signal to quantization noise, in decibels.
        cosine: Of the angle between int8 and float values, in ``[-1, 1]``.
    """

    layer: str
    pictures: str
    sqnr_db: float
    cosine: float


@dataclass(frozen=True, slots=True)
class WholeAgreement:
    """What rounding did to the answer.

    Attributes:
        mask_agreement: Share of the answers on the same side of one half.
        max_score_difference: Largest difference of two scores, in ``[0, 1]``.
        f1: Of the int8 file, over all answers, from a score of one half.
        float_f1: Of the float file.
    """

    mask_agreement: float
    max_score_difference: float
    f1: float
    float_f1: float


@dataclass(slots=True)
class _Sums:
    signal: float = 0.0
    noise: float = 0.0
    product: float = 0.0
    rounded: float = 0.0

    def add(self, wanted: NDArray[np.float32], got: NDArray[np.float32]) -> None:
        a, b = (values.astype(np.float64).ravel() for values in (wanted, got))
        self.signal += float(a @ a)
        self.noise += float((a - b) @ (a - b))
        self.product += float(a @ b)
        self.rounded += float(b @ b)

    @property
    def sqnr_db(self) -> float:
        if self.noise == 0.0:
            return MOST_DB
        return min(MOST_DB, 10.0 * float(np.log10(max(self.signal, 1e-30) / self.noise)))

    @property
    def cosine(self) -> float:
        length = float(np.sqrt(self.signal * self.rounded))
        return self.product / length if length else float(self.signal == self.rounded)


def by_layer(
    rounded: bytes, unrounded: bytes, layers: Collection[str], views: Sequence[View]
) -> list[LayerAgreement]:
    """Compare two files of one network tensor by tensor, in the order of execution.

    Args:
        rounded: An int8 file.
        unrounded: A float file with the same weights before rounding.
        layers: Names of the network's layers.
        views: What to show them; at least one.

    Raises:
        ModelError: A file cannot be read.
    """
    files = {"int8": rounded, "float": unrounded}
    loaded = {name: Tflite(content, origin=name, plain=True) for name, content in files.items()}
    graphs = {name: graph.read(content, origin=name) for name, content in files.items()}
    places = {name: _places(found, layers) for name, found in graphs.items()}
    sums = {place: _Sums() for place in places["int8"] if place in places["float"]}
    for view in views:
        for file in loaded.values():
            file.stored(view.reference, view.current)
        for place, sum_ in sums.items():
            wanted, got = (
                _real(loaded[name], graphs[name].tensors[places[name][place]]) for name in ("float", "int8")
            )
            sum_.add(wanted, got)
    return [
        LayerAgreement(layer, " and ".join(sorted(pictures)), round(sum_.sqnr_db, 2), round(sum_.cosine, 6))
        for (layer, pictures), sum_ in sums.items()
    ]


@dataclass(slots=True)
class _Pooled:
    hits: int = 0
    said: int = 0
    true: int = 0

    def add(self, said: NDArray[np.bool_], true: NDArray[np.bool_]) -> None:
        self.hits += int((said & true).sum())
        self.said += int(said.sum())
        self.true += int(true.sum())

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, self.said + self.true)


@dataclass(slots=True)
class _Answers:
    same: int = 0
    count: int = 0
    apart: float = 0.0
    rounded: _Pooled = field(default_factory=_Pooled)
    unrounded: _Pooled = field(default_factory=_Pooled)


def of_whole(
    rounded: bytes,
    unrounded: bytes,
    views: Sequence[View],
    answer: Callable[[NDArray[np.uint8]], NDArray[np.float32]],
) -> WholeAgreement:
    """Compare the answers of an int8 file with those of a float file, and with the truth.

    Args:
        rounded: The int8 file.
        unrounded: The float file.
        views: What to show them; at least one.
        answer: From masks, ``(1, H, W)``, to what the network should answer.

    Raises:
        ModelError: A file cannot be read.
    """
    ours, theirs = Tflite(rounded, origin="int8"), Tflite(unrounded, origin="float")
    sums = _Answers()
    for view in views:
        got, wanted = (file.logits(view.reference, view.current) for file in (ours, theirs))
        true = answer(view.mask[np.newaxis]) > 0
        sums.same += int(((got > 0) == (wanted > 0)).sum())
        sums.count += got.size
        sums.apart = max(sums.apart, float(np.abs(logistic(got) - logistic(wanted)).max()))
        sums.rounded.add(got > 0, true)
        sums.unrounded.add(wanted > 0, true)
    return WholeAgreement(
        mask_agreement=round(sums.same / sums.count, 6),
        max_score_difference=round(sums.apart, 4),
        f1=round(sums.rounded.f1, 4),
        float_f1=round(sums.unrounded.f1, 4),
    )


def _places(found: graph.Graph, layers: Collection[str]) -> dict[Place, int]:
    """Return which tensor holds what each layer gives, by the names that the converter kept."""
    sources, given = found.sources(), {index: name for name, index in found.outputs.items()}
    places: dict[Place, int] = {}
    for operator in found.operators:
        if operator.kind in WEIGHTED:
            (output,) = operator.outputs
            # What the file gives has lost its layer's name to the signature's.
            layer = given.get(output) or _layer(found.tensors[output].name, layers)
            if layer is not None:
                places[layer, sources[output]] = output
    return places


def _layer(tensor: str, layers: Collection[str]) -> str | None:
    """Return the layer in a tensor's name: ``e2`` in ``compact_1/Relu6_3;compact_1/e2_1/convolution``."""
    parts = re.split("[/;]", tensor)
    named = [re.sub(r"_\d+$", "", part) if part not in layers else part for part in parts]
    return next((part for part in named if part in layers), None)


def _real(file: Tflite, tensor: graph.StoredTensor) -> NDArray[np.float32]:
    affine = Affine(tensor.scales[0], tensor.zero_points[0]) if tensor.scales else None
    return real(file.tensor(tensor.index), affine)

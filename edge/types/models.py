"""What a model takes and gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Affine:
    """How an integer tensor stores real values.

    ``real = scale * (stored - zero_point)``.

    Attributes:
        scale: Real units per step, positive.
        zero_point: The stored value that means zero, in ``[-128, 127]``.
    """

    scale: float
    zero_point: int


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One input or output of a model.

    Attributes:
        name: The tensor's name in the model's signature.
        shape: Sizes; ``None`` where the model takes any size.
        dtype: A numpy dtype name.
        affine: Scale and zero point of a quantized tensor.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    affine: Affine | None = None


@dataclass(frozen=True, slots=True)
class ModelContract:
    """What a model takes and gives; the one fact training and device share.

    Attributes:
        model: The model's name.
        version: Its version.
        inputs: What it wants, by name: ``reference``, ``current``, ``noise``.
        outputs: What it gives: ``score``.
        preprocess: Version of the preprocessing its inputs went through.
        sha256: Digest of the model file; empty for an engine made of code.
    """

    model: str
    version: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    preprocess: int = 1
    sha256: str = ""

    def tag(self, delegate: str) -> ModelTag:
        """Return how events name this model on what it runs on."""
        return ModelTag(self.model, self.version, delegate)


@dataclass(frozen=True, slots=True)
class ModelTag:
    """The model that looked, as events name it."""

    id: str
    version: str
    delegate: str

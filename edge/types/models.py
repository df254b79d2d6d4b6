"""What a model takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

REACH = 1.0 / 3.0
"""Share of the threshold that a network's score of a faint thing reaches everywhere on it,
where its bundle does not say."""

MOST_OCTAVES = 3
"""In so many sizes, at most, a network looks at a view."""

SPILL_PX = 2.0
"""How far such a score reaches beyond: a network that looks at every second pixel blurs edges."""


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


class Enhance(str, Enum):
    """What is done about contrast and brightness before a model looks."""

    NONE = "none"
    CLAHE = "clahe"
    RELIT = "relit"


class Denoise(str, Enum):
    """What is done about noise before a model looks."""

    NONE = "none"
    GAUSSIAN = "gaussian"
    MEDIAN = "median"


@dataclass(frozen=True, slots=True)
class Preprocess:
    """What happens to both pictures before a model sees them, at training and on the device.

    Last of all, always, ``[0, 255]`` becomes ``[0, 1]``.

    Attributes:
        enhance: Contrast and brightness: nothing; contrast limited adaptive
            histogram equalization of each picture; or the reference shown in the
            current picture's light.
        denoise: Noise: nothing; or a 3x3 filter.
    """

    enhance: Enhance = Enhance.NONE
    denoise: Denoise = Denoise.NONE


@dataclass(frozen=True, slots=True)
class ModelContract:
    """What a model takes and gives; the one fact training and device share.

    Attributes:
        model: The model's name.
        version: Its version.
        inputs: What it wants, by name: ``reference``, ``current``, ``noise``.
        outputs: What it gives: ``score``. A model file gives it as a logit: the
            device applies the logistic function.
        preprocess: What its pictures go through first.
        threshold: Score that a region reaches somewhere at a sensitivity of one half;
            chosen on validation pairs.
        sha256: Digest of the model file; empty for an engine made of code.
        reach: Share of the threshold down to which a region reaches, in ``(0, 1]``.
        octaves: In how many sizes a view is looked at, each half as large as the one before.
        spill_px: How far a region then reaches over the edges of a thing, on each side.
    """

    model: str
    version: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    preprocess: Preprocess = Preprocess()
    threshold: float = 0.5
    sha256: str = ""
    reach: float = 1.0
    octaves: int = 1
    spill_px: float = 0.0

    def tag(self, delegate: str) -> ModelTag:
        """Return how events name this model on what it runs on."""
        return ModelTag(self.model, self.version, delegate)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a bundle: the same network, made for one delegate.

    Attributes:
        name: The file's name in the bundle.
        delegate: What it is made for: ``cpu``, ``coral``, ``jetson``; ``float`` is
            the unquantized network, for comparison.
        sha256: Digest of the file, 64 hexadecimal digits.
        inputs: Its input tensors.
        outputs: Its output tensors.
    """

    name: str
    delegate: str
    sha256: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A model as it is shipped: what its ``contract.json`` says.

    Attributes:
        model: The model's name.
        version: Its version.
        preprocess: What its pictures go through first.
        threshold: Score that a region reaches somewhere, in ``(0, 1)``.
        files: At most one for each delegate, ``cpu`` always among them.
        reach: Share of the threshold down to which a region reaches, in ``(0, 1)``.
        octaves: In how many sizes a view is looked at, from 1.
    """

    model: str
    version: str
    preprocess: Preprocess
    threshold: float
    files: tuple[ModelFile, ...]
    reach: float = REACH
    octaves: int = 1

    def contract(self, file: ModelFile) -> ModelContract:
        """Return what the device must know of one of the files."""
        return ModelContract(
            model=self.model,
            version=self.version,
            inputs=file.inputs,
            outputs=file.outputs,
            preprocess=self.preprocess,
            threshold=self.threshold,
            sha256=file.sha256,
            reach=self.reach,
            octaves=self.octaves,
            spill_px=SPILL_PX,
        )


@dataclass(frozen=True, slots=True)
class ModelTag:
    """The model that looked, as events name it."""

    id: str
    version: str
    delegate: str

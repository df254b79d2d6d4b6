"""Two pictures in, a score map out: registration and one engine, without rules or time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from edge.errors import ContractError
from edge.types import Reference
from edge.vision import align
from edge.vision.balance import balanced
from edge.vision.bend import bent
from edge.vision.light import grey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.ports import Engine
    from edge.types import Pixels, ScoreMap
    from edge.vision.align import Registration

NOISE = 2.0
"""Grey levels of noise that a picture nobody watched is taken to have."""


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """A picture brought onto the reference.

    Attributes:
        pixels: RGB, uint8 ``(H, W, 3)``, in reference coordinates.
        grey: Its brightness, uint8 ``(H, W)``.
        seen: bool ``(H, W)``: where the camera looked.
        judged: bool ``(H, W)``: where it looked and the reference is known.
        motion: How the view had moved.
    """

    pixels: Pixels
    grey: NDArray[np.uint8]
    seen: NDArray[np.bool_]
    judged: NDArray[np.bool_]
    motion: Registration


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What differs between two pictures.

    Attributes:
        aligned: The second picture, brought onto the first.
        score: float32 ``(H, W)`` in ``[0, 1]``, in coordinates of the first; 0
            where nothing could be judged.
    """

    aligned: Aligned
    score: ScoreMap

    def back(self) -> ScoreMap:
        """Return the scores in coordinates of the second picture, 0 where it has no partner."""
        return align.unwarp(self.score, self.aligned.motion)


class Comparer:
    """Compares pictures with one reference, through one engine."""

    def __init__(
        self, engine: Engine, reference: Reference, left_out: NDArray[np.bool_] | None = None
    ) -> None:
        """Prepare what depends on the reference only.

        Args:
            engine: Scores aligned pairs.
            reference: What the scene looks like when nothing has changed.
            left_out: bool ``(H, W)``: places never to judge, nor to go by; ``None``
                for none.
        """
        self.engine = engine
        self.wanted = None if left_out is None else ~left_out
        self.study(reference)

    def study(self, reference: Reference) -> None:
        """Compare with this reference from now on."""
        self.reference = reference
        self.grey = grey(reference.pixels)
        self.landmarks = align.landmarks(self.grey, self.wanted)

    def register(self, bright: NDArray[np.uint8]) -> Registration:
        """Find how the view as a whole has moved.

        Args:
            bright: Brightness of a picture, uint8 ``(H, W)``, the size of the reference.
        """
        return align.register(self.landmarks, bright)

    def aligned(self, pixels: Pixels, bright: NDArray[np.uint8], motion: Registration) -> Aligned:
        """Bring a picture onto the reference.

        Args:
            pixels: RGB, uint8 ``(H, W, 3)``.
            bright: Its brightness.
            motion: From ``register``.
        """
        motion = bent(self.grey, bright, motion)
        shown, seen = align.warp(pixels, motion)
        bright = bright if motion.still else grey(shown)
        judged = self.reference.learned & seen
        if self.wanted is not None:
            judged &= self.wanted
        return Aligned(shown, bright, seen, judged, motion)

    def score(self, aligned: Aligned) -> ScoreMap:
        """Ask the engine, which sees both in one white balance.

        Returns:
            float32 ``(H, W)`` in ``[0, 1]``, 0 where nothing can be judged.

        Raises:
            EngineError: The engine failed.
            ContractError: Its output is not a score map of this size.
        """
        offered: dict[str, NDArray[np.generic]] = {
            "reference": self.reference.pixels,
            "current": balanced(self.reference.pixels, aligned.pixels, aligned.judged),
            "noise": self.reference.noise,
        }
        wanted = {spec.name: offered[spec.name] for spec in self.engine.contract.inputs}
        score = self.engine.run(wanted)["score"]
        judged = aligned.judged
        if score.shape != judged.shape or score.dtype != np.float32:
            name = "score"
            raise ContractError(
                name,
                expected=f"float32 {judged.shape}",
                found=f"{score.dtype} {score.shape}",
            )
        return cast("ScoreMap", np.where(judged, score, np.float32(0.0)))


def compare(engine: Engine, before: Pixels, after: Pixels) -> Comparison:
    """Compare two pictures of one size.

    Args:
        engine: Scores aligned pairs.
        before: RGB, uint8 ``(H, W, 3)``.
        after: The same size.

    Raises:
        EngineError: The engine failed.
        ContractError: Its output is not a score map of this size.
    """
    comparer = Comparer(engine, still_reference(before))
    bright = grey(after)
    aligned = comparer.aligned(after, bright, comparer.register(bright))
    return Comparison(aligned, comparer.score(aligned))


def still_reference(pixels: Pixels) -> Reference:
    """Return a reference made of one picture, as if all of it were known.

    Args:
        pixels: RGB, uint8 ``(H, W, 3)``.
    """
    shape = pixels.shape[:2]
    return Reference(
        id="given",
        light="given",
        pixels=pixels,
        noise=np.full(shape, NOISE, np.float32),
        learned=np.ones(shape, np.bool_),
        taken_ns=0,
    )

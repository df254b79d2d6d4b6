"""Learning the reference: each pixel's most stable value, not "the first minute".

Every pixel keeps the value it has shown most often and one rival. A rival that
is seen more often takes over, so what merely stood there for a while while the
scene was learned heals by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.types import Reference
from edge.vision.light import grey, in_light_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Instant, Pixels

FEWEST_LOOKS = 8
"""Looks that must agree before a pixel is known."""

MAJORITY = 0.75
"""Share of all looks that must agree before a pixel is known."""

LEAST_TOLERANCE = 8.0
"""Grey levels within which two looks agree, on a camera without noise."""

MOST_TOLERANCE = 30.0
"""The same on a camera so noisy that it may be the scene that moves."""

TOLERANCE_SIGMAS = 5.0
MOST_NOISE = 20.0
SIGMA_PER_MEAN = 1.2533
"""Standard deviations per mean absolute deviation of a normal distribution."""

GREY = (np.float32(0.299), np.float32(0.587), np.float32(0.114))
"""Brightness of red, green and blue (ITU-R BT.601, as OpenCV has it)."""

NOISE_WINDOW = (9, 9)
ROBUST_SIGMA = 1.4826
"""Standard deviations per median absolute deviation of a normal distribution."""


class Learner:
    """Learns a reference, one aligned frame at a time.

    Memory: about 20 bytes a pixel.

    Attributes:
        began: When the first frame was taken.
    """

    def __init__(self, first: Pixels, taken: Instant) -> None:
        """Begin with one frame, uint8 ``(H, W, 3)``."""
        shape = first.shape[:2]
        # Planes, not pixels: OpenCV is several times faster on one channel.
        self._value = np.ascontiguousarray(np.moveaxis(first, 2, 0), np.float32)
        self._rival = first.copy()
        self._agreed = np.ones(shape, np.float32)
        self._rival_agreed = np.zeros(shape, np.float32)
        self._deviation = np.zeros(shape, np.float32)
        self._looks = 1
        self.began = taken
        self._noise = 2.0
        self._previous = grey(first)

    @property
    def looks(self) -> int:
        """Frames learned from so far."""
        return self._looks

    def look(self, pixels: Pixels) -> None:
        """Learn from one more frame, uint8 ``(H, W, 3)``, aligned to the first."""
        self._looks += 1
        self._estimate_noise(pixels)
        away = [
            cv2.subtract(seen, known, dtype=cv2.CV_32F)
            for seen, known in zip(cv2.split(pixels), self._value, strict=True)
        ]
        red, green, blue = (np.abs(plane) for plane in away)
        distance = cv2.max(cv2.max(red, green), blue)
        _, agrees = cv2.threshold(distance, self._tolerance, 1.0, cv2.THRESH_BINARY_INV)
        self._agreed += agrees
        step = cv2.divide(agrees, self._agreed)
        brightness = np.abs(sum(share * plane for share, plane in zip(GREY, away, strict=True)))
        for known, plane in zip(self._value, away, strict=True):
            cv2.accumulateProduct(plane, step, known)
        self._deviation += cv2.multiply(cv2.subtract(brightness, self._deviation), step)
        self._hear_rivals(pixels, agrees == 0.0)

    def reference(self, *, name: str, light: str, now: Instant, learn_s: float) -> Reference:
        """Return what is known so far.

        Args:
            name: Id of the reference.
            light: Its light state.
            now: The moment of the last look.
            learn_s: Least seconds of looking before any pixel is known.
        """
        known = (self._agreed >= FEWEST_LOOKS) & (self._agreed >= MAJORITY * self._looks)
        if now.seconds_since(self.began) < learn_s:
            known = np.zeros_like(known)
        noise = cv2.blur(np.minimum(SIGMA_PER_MEAN * self._deviation, MOST_NOISE), NOISE_WINDOW)
        return Reference(
            id=name,
            light=light,
            pixels=_rounded(np.moveaxis(self._value, 0, 2)),
            noise=np.maximum(noise, 0.5).astype(np.float32),
            learned=known,
            taken_ns=now.wall_ns,
        )

    @property
    def _tolerance(self) -> float:
        return min(max(LEAST_TOLERANCE, TOLERANCE_SIGMAS * self._noise), MOST_TOLERANCE)

    def _estimate_noise(self, pixels: Pixels) -> None:
        """Follow the camera's noise: what differs between two frames nearly everywhere."""
        seen = grey(pixels)
        apart = float(np.median(cv2.absdiff(seen, self._previous)[::4, ::4]))
        # Brightness averages three channels; each channel alone is noisier.
        sigma = ROBUST_SIGMA * apart / np.sqrt(2.0) * 1.5
        self._noise += (min(sigma, MOST_NOISE) - self._noise) / min(self._looks, 10)
        self._previous = seen

    def _hear_rivals(self, pixels: Pixels, disagrees: NDArray[np.bool_]) -> None:
        rows, columns = np.nonzero(disagrees)
        if len(rows) == 0:
            return
        seen, rival = pixels[rows, columns], self._rival[rows, columns]
        near = np.abs(seen.astype(np.int16) - rival).max(axis=1) <= self._tolerance
        votes = np.where(near, self._rival_agreed[rows, columns] + 1.0, 1.0).astype(np.float32)
        self._rival[rows, columns] = seen
        self._rival_agreed[rows, columns] = votes
        wins = votes > self._agreed[rows, columns]
        rows, columns = rows[wins], columns[wins]
        old = _rounded(self._value[:, rows, columns].T)
        old_votes = self._agreed[rows, columns].copy()
        self._value[:, rows, columns] = self._rival[rows, columns].T
        self._agreed[rows, columns] = votes[wins]
        self._rival[rows, columns], self._rival_agreed[rows, columns] = old, old_votes


def _rounded(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def patched(reference: Reference, pixels: Pixels, where: NDArray[np.bool_], now: Instant) -> Reference:
    """Make a place of the current picture part of the reference.

    Args:
        reference: What is known.
        pixels: The current picture, aligned, uint8 ``(H, W, 3)``, in any light:
            it is brought back to the reference's.
        where: bool ``(H, W)``: the place; it counts as learned from now on.
        now: The moment of the picture.
    """
    seen = in_light_of(grey(reference.pixels), pixels)
    return replace(
        reference,
        pixels=np.where(where[..., None], seen, reference.pixels),
        learned=reference.learned | where,
        taken_ns=now.wall_ns,
    )


def merged(known: Reference, heard: Reference, keep: NDArray[np.bool_]) -> Reference:
    """Add the pixels that ``heard`` has learned where ``known`` has not.

    Args:
        known: What is known.
        heard: What a learner knows by now.
        keep: bool ``(H, W)``: places to leave as they are.

    Returns:
        ``known`` itself when there is nothing to add.
    """
    fresh = heard.learned & ~known.learned & ~keep
    if not fresh.any():
        return known
    return replace(
        known,
        pixels=np.where(fresh[..., None], heard.pixels, known.pixels),
        noise=np.where(fresh, heard.noise, known.noise),
        learned=known.learned | fresh,
        taken_ns=heard.taken_ns,
    )

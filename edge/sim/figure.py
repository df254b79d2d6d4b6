"""Somebody walking, as a set of cut-outs: one per moment of the gait."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.types import Pixels

    Ink = tuple[int, int, int]
    Point = tuple[float, float]

PHASES = 12
STRIDE = 0.88  # two steps, as a share of the body's height
FINE = 4  # sub-pixels along a side when the figure is drawn
ROOM = (0.72, 1.08)  # width and height of a cut-out, in heights of the body

SKIN = (196, 150, 124)
HAIR = (58, 42, 34)
SHIRT = (72, 98, 128)
SLEEVE = (60, 84, 112)
TROUSERS = (52, 50, 58)
SHOES = (34, 30, 30)


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """One moment of a walking figure, facing right.

    Attributes:
        colour: RGB uint8 ``(h, w, 3)``.
        cover: uint8 ``(h, w)``, 255 where the figure hides what is behind it.
        shade: uint8 ``(h, w)``, 255 where its shadow takes no light.
    """

    colour: Pixels
    cover: NDArray[np.uint8]
    shade: NDArray[np.uint8]

    def mirrored(self) -> Cutout:
        """Return the same moment, facing left."""
        return Cutout(
            np.ascontiguousarray(self.colour[:, ::-1]),
            np.ascontiguousarray(self.cover[:, ::-1]),
            np.ascontiguousarray(self.shade[:, ::-1]),
        )


def walker(height_px: int, *, seed: int = 0) -> tuple[Cutout, ...]:
    """Draw somebody ``height_px`` tall, once per phase of a stride.

    The feet stand on the bottom of ``ROOM`` less a tenth of a body's height.
    """
    cloth = np.random.default_rng(seed).normal(0.0, 7.0, (height_px * 2, height_px * 2))
    return tuple(_moment(height_px, phase / PHASES, cloth) for phase in range(PHASES))


def _moment(height_px: int, phase: float, cloth: NDArray[np.float64]) -> Cutout:
    width, height = (max(8, round(share * height_px)) for share in ROOM)
    canvas = np.zeros((height * FINE, width * FINE, 3), np.uint8)
    cover = np.zeros((height * FINE, width * FINE), np.uint8)
    _Body(canvas, cover, height_px * FINE).stand(phase)
    small = (width, height)
    colour = cv2.resize(canvas, small, interpolation=cv2.INTER_AREA).astype(np.float64)
    alpha = cv2.resize(cover, small, interpolation=cv2.INTER_AREA)
    colour *= 255.0 / np.maximum(alpha, 1)[..., None]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    weave = cloth[:height, :width] + 9.0 * ((columns // max(2, height_px // 60)) % 2 - 0.5)
    round_off = 1.08 - 0.35 * np.abs(columns / width - 0.46) - 0.08 * rows / height
    lit = np.clip(np.rint(colour * round_off[..., None] + weave[..., None]), 0, 255).astype(np.uint8)
    return Cutout(lit, np.asarray(alpha, np.uint8), _shadow(width, height))


def _shadow(width: int, height: int) -> NDArray[np.uint8]:
    """Shade the floor around the feet, softly."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    feet = height * (ROOM[1] - 0.1) / ROOM[1]
    away = ((columns - 0.56 * width) / (0.42 * width)) ** 2 + ((rows - feet) / (0.085 * height)) ** 2
    soft = np.clip(1.0 - away, 0.0, 1.0)
    shade: NDArray[np.uint8] = np.rint(115.0 * soft * soft * (3.0 - 2.0 * soft)).astype(np.uint8)
    return shade


class _Body:
    """Draws limbs on a fine canvas."""

    def __init__(self, canvas: Pixels, cover: NDArray[np.uint8], tall: int) -> None:
        self._canvas = canvas
        self._cover = cover
        self._tall = tall

    def stand(self, phase: float) -> None:
        """Draw the figure at ``phase`` of its stride, 0 to 1."""
        swing = math.sin(2 * math.pi * phase)
        bob = 0.012 * math.cos(4 * math.pi * phase)
        hip, neck = (0.35, 0.50 + bob), (0.37, 0.19 + bob)
        self._arm(neck, -swing, SLEEVE)
        self._leg(hip, phase + 0.5, 0.8)
        self._leg(hip, phase, 1.0)
        self._limb([(neck[0] + 0.005, neck[1] - 0.03), (neck[0], neck[1] + 0.03)], 0.055, SKIN)
        self._limb([(neck[0], neck[1] + 0.05), hip], 0.165, SHIRT)
        self._ball((neck[0] + 0.012, neck[1] - 0.085), (0.052, 0.068), SKIN)
        self._ball((neck[0] - 0.004, neck[1] - 0.108), (0.054, 0.050), HAIR)
        self._arm(neck, swing, SHIRT)

    def _leg(self, hip: Point, phase: float, light: float) -> None:
        angle = 0.46 * math.sin(2 * math.pi * phase)
        bend = 0.75 * max(0.0, math.cos(2 * math.pi * phase)) ** 2
        knee = (hip[0] + 0.235 * math.sin(angle), hip[1] + 0.235 * math.cos(angle))
        shin = angle - bend
        ankle = (knee[0] + 0.225 * math.sin(shin), knee[1] + 0.225 * math.cos(shin))
        trousers = (round(TROUSERS[0] * light), round(TROUSERS[1] * light), round(TROUSERS[2] * light))
        self._limb([hip, knee], 0.092, trousers)
        self._limb([knee, ankle], 0.068, trousers)
        toe = (ankle[0] + 0.075 * math.cos(shin * 0.6), ankle[1] + 0.018 - 0.05 * math.sin(shin * 0.6))
        self._limb([ankle, toe], 0.045, SHOES)

    def _arm(self, neck: Point, swing: float, sleeve: Ink) -> None:
        shoulder = (neck[0] - 0.005, neck[1] + 0.045)
        elbow = (shoulder[0] + 0.16 * math.sin(0.5 * swing - 0.1), shoulder[1] + 0.16 * math.cos(0.5 * swing))
        hand = (
            elbow[0] + 0.15 * math.sin(0.5 * swing + 0.35),
            elbow[1] + 0.15 * math.cos(0.5 * swing + 0.35),
        )
        self._limb([shoulder, elbow], 0.058, sleeve)
        self._limb([elbow, hand], 0.046, sleeve)
        self._ball(hand, (0.024, 0.028), SKIN)

    def _limb(self, joints: list[Point], thick: float, colour: Ink) -> None:
        (left, top), (right, bottom) = (self._pixel(joint) for joint in joints)
        for plane, ink in ((self._canvas, colour), (self._cover, (255,))):
            cv2.line(plane, (left, top), (right, bottom), ink, max(1, round(thick * self._tall)))

    def _ball(self, at: Point, radii: Point, colour: Ink) -> None:
        axes = (max(1, round(radii[0] * self._tall)), max(1, round(radii[1] * self._tall)))
        for plane, ink in ((self._canvas, colour), (self._cover, (255,))):
            cv2.ellipse(plane, self._pixel(at), axes, 0, 0, 360, ink, cv2.FILLED)

    def _pixel(self, at: Point) -> tuple[int, int]:
        return round(at[0] * self._tall), round(at[1] * self._tall)

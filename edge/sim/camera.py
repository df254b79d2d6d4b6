"""A camera that films a still scene to which a script happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.sim.figure import PHASES, ROOM, STRIDE, walker
from edge.sim.optics import bumped, fogged, in_infrared, palm
from edge.sim.sensor import Sensor
from edge.types import Frame, NoFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from edge.ports import Clock
    from edge.sim.scene import Scene
    from edge.sim.script import Passerby, Script, Situation
    from edge.types import Instant, Pixels

BODY = 0.39  # how tall somebody is, as a share of the view's height
UNEVEN = 0.2  # how much more or less than the mean the lamp gives, at most
NS = 1_000_000_000


class SimCamera:
    """Films a scene with a sensor's noise, under a lamp, while people walk by.

    The same scene, script and seed give the same bytes on every machine, unless
    the camera shakes or a slow consumer makes it drop frames. Frames come out at
    ``fps`` on the given clock; whoever looks too late gets the frame of now.
    """

    def __init__(  # noqa: PLR0913 - a scene has this many sides
        self,
        name: str,
        scene: Scene,
        script: Script,
        clock: Clock,
        *,
        fps: float = 5.0,
        seed: int = 0,
        noise: float = 2.5,
        jitter_px: float = 0.0,
    ) -> None:
        """Prepare to film.

        Args:
            name: The camera's name in the configuration.
            scene: What it looks at.
            script: What happens, and when filming ends.
            clock: Paces the frames.
            fps: Frames a second, at least 1.
            seed: Decides noise, shaking, cloth and where the lamp hangs.
            noise: Standard deviation of a mid-grey pixel, in grey levels, 0 to 6.
            jitter_px: Standard deviation of the camera's shaking, in pixels.
        """
        self._name = name
        self._scene = scene
        self._script = script
        self._clock = clock
        self._period_ns = round(NS / fps)
        self._jitter_px = jitter_px
        self._rng = np.random.default_rng(seed)
        height, width = scene.bare.shape[:2]
        self._sensor = Sensor(height, width, noise=noise, seed=seed)
        self._lamp = _lamp(height, width, self._rng)
        self._people = walker(round(BODY * height), seed=seed)
        self._laid: tuple[frozenset[int], Pixels] | None = None
        self._light: tuple[tuple[float, float], NDArray[np.float32]] | None = None
        self._shown: Pixels | None = None
        self._began: Instant | None = None
        self._closed = False

    @property
    def name(self) -> str:
        """The camera's name in the configuration."""
        return self._name

    @property
    def began(self) -> Instant | None:
        """When filming began: second 0 of the script; ``None`` before."""
        return self._began

    def frames(self) -> Iterator[Frame | NoFrame]:
        """Yield frames, one period apart, until the script ends."""
        self._began = began = self._clock.now()
        index, last = 0, began
        while not self._closed and index * self._period_ns < self._script.seconds * NS:
            self._clock.sleep_until(began.mono_ns + index * self._period_ns)
            now = self._script.at(index * self._period_ns / NS)
            if now.failed:
                taken = self._clock.now()
                yield NoFrame(self._name, taken, last, "the script says so")
            else:
                pixels = self._expose(index, now)
                last = taken = self._clock.now()
                yield Frame(self._name, index, taken, pixels)
            late = self._clock.now().mono_ns - began.mono_ns
            index = max(index + 1, late // self._period_ns)

    def close(self) -> None:
        """Stop filming; ``frames`` ends."""
        self._closed = True

    def _expose(self, index: int, now: Situation) -> Pixels:
        if now.frozen and self._shown is not None:
            return self._shown
        scene = self._still(now.missing)
        light = self._lit(now.gain, now.warmth)
        key = (now.missing, now.gain, now.warmth, now.infrared, now.covered, now.bump, now.fog)
        self._sensor.aim(key, lambda: _through(now, scene, light))
        for somebody in now.passersby:
            self._cross(somebody, scene, light)
        pixels = self._sensor.read(index)
        if self._jitter_px > 0:
            pixels = self._shake(pixels)
        pixels.setflags(write=False)
        self._shown = pixels
        return pixels

    def _still(self, missing: frozenset[int]) -> Pixels:
        if self._laid is None or self._laid[0] != missing:
            self._laid = missing, self._scene.without(missing)
        return self._laid[1]

    def _lit(self, gain: float, warmth: float) -> NDArray[np.float32]:
        if self._light is None or self._light[0] != (gain, warmth):
            level = np.float32(1.0) + np.float32(gain - 1.0) * self._lamp
            tint = (np.float32(1.0 + warmth), np.float32(1.0), np.float32(1.0 - warmth))
            light = np.asarray(cv2.merge([level * share for share in tint]), np.float32)
            self._light = (gain, warmth), light
        return self._light[1]

    def _cross(self, somebody: Passerby, scene: Pixels, light: NDArray[np.float32]) -> None:
        height, width = scene.shape[:2]
        tall = round(BODY * height)
        room = round(ROOM[0] * tall)
        way = width + room
        share = somebody.progress if somebody.rightward else 1.0 - somebody.progress
        left = round(share * way) - room
        top = round(somebody.feet * height - (ROOM[1] - 0.1) * tall)
        phase = int(somebody.progress * way / (STRIDE * tall) * PHASES) % PHASES
        person = self._people[phase] if somebody.rightward else self._people[phase].mirrored()
        rows = slice(max(0, top), min(height, top + person.cover.shape[0]))
        columns = slice(max(0, left), min(width, left + person.cover.shape[1]))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        cut = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
        cover = person.cover[cut].astype(np.int32)[..., None]
        shade = 255 - person.shade[cut].astype(np.int32)[..., None]
        floor = scene[rows, columns].astype(np.int32) * shade // 255
        mixed = (floor * (255 - cover) + person.colour[cut].astype(np.int32) * cover + 127) // 255
        self._sensor.insert(rows, columns, _illuminate(mixed.astype(np.uint8), light[rows, columns]))

    def _shake(self, pixels: Pixels) -> Pixels:
        across, down = self._rng.normal(0.0, self._jitter_px, 2)
        shift = np.array([[1.0, 0.0, across], [0.0, 1.0, down]])
        size = (pixels.shape[1], pixels.shape[0])
        moved = cv2.warpAffine(pixels, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(moved, np.uint8)


def _through(now: Situation, scene: Pixels, light: NDArray[np.float32]) -> Pixels:
    """Return what reaches the sensor."""
    if now.covered:
        return palm(*scene.shape[:2])
    pixels = in_infrared(scene) if now.infrared else _illuminate(scene, light)
    if now.bump is not None:
        pixels = bumped(pixels, now.bump)
    return pixels if now.fog is None else fogged(pixels, now.fog)


def _illuminate(pixels: Pixels, light: NDArray[np.float32]) -> Pixels:
    return np.asarray(cv2.multiply(pixels, light, dtype=cv2.CV_8U), np.uint8)


def _lamp(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the lamp's share in each pixel's light: mean 1, less far from the lamp."""
    across, down = rng.uniform(0.15, 0.85), rng.uniform(0.0, 0.3)
    rows = (np.arange(height) / height - down)[:, None]
    columns = (np.arange(width) / width - across)[None, :]
    distance = rows**2 + columns**2
    falls = distance.mean() - distance
    share: NDArray[np.float32] = (1.0 + UNEVEN * falls / np.abs(falls).max()).astype(np.float32)
    return share

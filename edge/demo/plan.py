"""The demonstration's story: a scene, what happens to it, and what should be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.core.limits import Limits
from edge.demo.story import Lasting, Passing, Silent
from edge.demo.told import Area
from edge.sim.scene import arrange
from edge.sim.script import LightStep, PartReturns, PartVanishes, Script, WalksThrough

if TYPE_CHECKING:
    from edge.demo.story import Truth
    from edge.sim.scene import Scene
    from edge.types import Pixels

FPS = 5.0
SECONDS = 40.0
CLEAR_S = 2.5
CLEAR_WITHIN_S = CLEAR_S + 3.0
LIMITS = Limits(clear_s=CLEAR_S, persist_after_s=8.0, learn_s=6.0)
"""The usual ones, with waiting times that fit into a short film."""

DIMMED_S, VANISHES_S, WALKS_S, WALK_S, BACK_S, RETURNS_S = 10.0, 14.0, 18.0, 8.0, 29.0, 33.0
GAINS = ((0.60, 0.80), (1.10, 1.25))
CHEST = 0.25  # how far above the feet a walker covers most, as a share of the view's height
NAMES = {"screw": "screw", "led": "LED", "label": "label"}
SALT = 73  # seed 0 tells of a lamp at 65 %


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One story.

    Attributes:
        scene: What the camera looks at.
        script: What happens.
        truths: The same, as the judge sees it.
        seed: What chose it.
        sight: A second in which somebody is in the middle of the view, and why to show it.
    """

    scene: Scene
    script: Script
    truths: tuple[Truth, ...]
    seed: int
    sight: tuple[float, str]


def plan(photograph: Pixels, *, seed: int, seconds: float = SECONDS) -> Plan:
    """Choose which part vanishes, where it lies, how the light changes, which way somebody walks.

    Args:
        photograph: What the parts lie on, RGB uint8 ``(H, W, 3)``, 320 pixels wide
            or more.
        seed: Chooses.
        seconds: How long to film.
    """
    rng = np.random.default_rng([seed, SALT])
    dimmer, brighter = (float(rng.uniform(*span)) for span in GAINS)
    gain = round(dimmer if rng.random() < 0.5 else brighter, 2)  # noqa: PLR2004 - one in two
    warmth = round(float(rng.uniform(-0.04, 0.04)), 3)
    height, width = photograph.shape[:2]
    scene = arrange(photograph, seed=seed, count=7 if width >= 960 else 3)  # noqa: PLR2004 - room for seven
    number = int(rng.integers(len(scene.parts)))
    box, thing = scene.parts[number].box, NAMES[scene.parts[number].make]
    area = Area(box.left / width, box.top / height, box.right / width, box.bottom / height)
    feet = (area.top + area.bottom) / 2 + CHEST
    cues = (
        LightStep(DIMMED_S, gain, warmth=warmth),
        PartVanishes(VANISHES_S, number),
        WalksThrough(WALKS_S, WALK_S, feet=feet, rightward=bool(rng.random() < 0.5)),  # noqa: PLR2004
        LightStep(BACK_S, 1.0),
        PartReturns(RETURNS_S, number),
    )
    turned = "dimmed" if gain < 1.0 else "turned up"
    truths = (
        Silent(0.0, "the camera learns the scene"),
        Silent(DIMMED_S, f"the lamp is {turned} to {gain:.0%}".replace("%", " %")),
        Lasting(VANISHES_S, f"a 12-pixel {thing} vanishes", area, RETURNS_S, f"the {thing} is back"),
        Passing(WALKS_S, "somebody walks through, over the empty place", WALKS_S + WALK_S),
        Silent(BACK_S, "the lamp is at 100 % again"),
    )
    return Plan(scene, Script(seconds, cues), truths, seed, (WALKS_S + WALK_S / 2, "somebody walks through"))

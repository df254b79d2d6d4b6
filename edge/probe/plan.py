"""What is inserted where, in which light: seeded, so that two runs can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.probe.patches import Patch, kept_share
from edge.probe.places import room, spread
from edge.vision.light import grey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edge.types import Pixels

SIDES_PX = (3, 6, 12)
CONTRASTS = (30, 60)
"""Grey levels; half of the patches of each are darker than what they lie on."""

KEPT_AT_LEAST = 2.0 / 3.0
"""Share of a patch's contrast that clipping must leave."""

STEPS = (0.6, 1.25, 0.8, 1.1)
"""Factors by which the light steps in every second round, with the frame that first shows the patches."""

MOST_AT_ONCE = 60
"""Patches in one frame; of more than 200 places the device keeps the largest only."""

AROUND_PX = 8
"""Surroundings of a patch whose texture is told."""

FRUITLESS = 20
"""Rounds in a row in which nothing more finds a place."""


@dataclass(frozen=True, slots=True)
class Insert:
    """One patch, as it was meant.

    Attributes:
        patch: Where it lies.
        side_px: Its side.
        contrast: Grey levels by which it differs in the frame that first shows it.
        texture: Standard deviation of the scene's brightness under and around it, in
            grey levels.
    """

    patch: Patch
    side_px: int
    contrast: int
    texture: float = 0.0

    @property
    def kind(self) -> str:
        """Size and contrast, such as ``12@60``."""
        return kind_of(self.side_px, self.contrast)


@dataclass(frozen=True, slots=True)
class Round:
    """Patches that are inserted in the same frame.

    Attributes:
        inserts: Far enough from one another not to meet.
        gain: Factor of the light from that frame on.
    """

    inserts: tuple[Insert, ...]
    gain: float


def kind_of(side_px: int, contrast: int) -> str:
    """Name a size and a contrast: ``12@60`` for 12 px at 60 grey levels, brighter or darker."""
    return f"{side_px}@{abs(contrast)}"


def rounds(
    usable: NDArray[np.bool_], scene: Pixels, *, positions: int, seed: int, sides_px: Sequence[int] = SIDES_PX
) -> tuple[Round, ...]:
    """Plan the insertions.

    Args:
        usable: bool ``(H, W)``: pixels that stand still and are known.
        scene: The view, uint8 ``(H, W, 3)``: where a patch would be clipped away it
            is not laid.
        positions: How many patches of each size and contrast.
        seed: Chooses.
        sides_px: The sizes.

    Returns:
        Rounds, every second one in steady light; fewer patches than were asked for
        where they find no place.
    """
    rng = np.random.default_rng([seed, 7])
    # The last ones laid go without a brighter twin where the number is odd.
    need = {
        (side, sign * contrast): (positions + (sign > 0)) // 2
        for side in sides_px
        for contrast in CONTRASTS
        for sign in (1, -1)
    }
    largest = max(sides_px)
    free = room(usable, largest)
    found: list[Round] = []
    fruitless = 0
    while any(need.values()) and fruitless < FRUITLESS:
        gain = 1.0 if len(found) % 2 == 0 else STEPS[len(found) // 2 % len(STEPS)]
        inserts: list[Insert] = []
        for middle in spread(free, side_px=largest, most=MOST_AT_ONCE, rng=rng):
            insert = _fitting(need, middle, scene, gain, rng)
            if insert is not None:
                need[insert.side_px, insert.contrast] -= 1
                inserts.append(insert)
        fruitless = 0 if inserts else fruitless + 1
        if inserts:
            found.append(Round(tuple(inserts), gain))
    return tuple(found)


def _fitting(
    need: dict[tuple[int, int], int],
    middle: tuple[int, int],
    scene: Pixels,
    gain: float,
    rng: np.random.Generator,
) -> Insert | None:
    """Return the patch most wanted of those that can be seen at a place."""
    begin = rng.random(2)
    ties = rng.permutation(len(need))
    order = sorted(zip(need.items(), ties, strict=True), key=lambda each: (-each[0][1], each[1]))
    for ((side, contrast), left), _ in order:
        if left <= 0:
            return None
        corner = (middle[0] - side // 2 + float(begin[0]), middle[1] - side // 2 + float(begin[1]))
        patch = Patch(*corner, side, contrast / gain)
        if kept_share(scene, patch, gain) >= KEPT_AT_LEAST:
            return Insert(patch, side, contrast, _texture(scene, patch))
    return None


def _texture(scene: Pixels, patch: Patch) -> float:
    box = patch.box
    rows = slice(max(0, box.top - AROUND_PX), box.bottom + AROUND_PX)
    columns = slice(max(0, box.left - AROUND_PX), box.right + AROUND_PX)
    return float(grey(np.ascontiguousarray(scene[rows, columns])).std())

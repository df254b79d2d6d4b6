"""A piece of the world that is painted: colour, height and gloss at every pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.types import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """What is looked at from above.

    Attributes:
        colour: As seen in even light, RGB, uint8 ``(H, W, 3)``.
        height: Above the ground, in pixels, float32 ``(H, W)``; ``None`` for flat.
        gloss: Strength of highlights, in ``[0, 1]``, float32 ``(H, W)``; ``None`` for matt.
    """

    colour: Pixels
    height: NDArray[np.float32] | None = None
    gloss: NDArray[np.float32] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        rows, columns = self.colour.shape[:2]
        return rows, columns

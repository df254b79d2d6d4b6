"""What is known of a frame before and after it is brought onto the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.types import Frame, Instant, Pixels, View
    from edge.vision.align import Registration


@dataclass(frozen=True, slots=True, eq=False)
class Approach:
    """A frame before it is compared.

    Attributes:
        frame: The frame.
        bright: Its brightness, uint8 ``(H, W)``.
        motion: How the view has moved; ``None`` for a picture of another size.
        view: Whether it can be judged, as far as is known by now.
    """

    frame: Frame
    bright: NDArray[np.uint8]
    motion: Registration | None
    view: View


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A frame brought onto the reference.

    Attributes:
        taken: When it was taken.
        pixels: Aligned, uint8 ``(H, W, 3)``.
        grey: Its brightness, uint8 ``(H, W)``.
        seen: bool ``(H, W)``: where the camera looked.
    """

    taken: Instant
    pixels: Pixels
    grey: NDArray[np.uint8]
    seen: NDArray[np.bool_]

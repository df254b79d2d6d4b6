"""Two pictures in, what is different out: ``detect_changes``, for other people's programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge.comparison import still_reference
from edge.core.calibration import threshold_of
from edge.core.limits import Limits
from edge.detector import Detector
from edge.drivers.clock import SystemClock
from edge.drivers.engine_difference import DifferenceEngine
from edge.drivers.picture_files import read_picture, write_files
from edge.engines import default_engine, engine_of
from edge.errors import ConfigError
from edge.types import Frame, View

if TYPE_CHECKING:
    from edge.ports import Engine
    from edge.types import ModelTag, Pixels, Region, ScoreMap

__all__ = ["Changes", "detect_changes", "read_picture", "write_files"]

DEFAULT = "default"
DIFFERENCE = "difference"
USUAL = Limits()


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What is different between two pictures, in coordinates of the first.

    Attributes:
        view: Whether the second shows the view of the first, so that it can be
            judged; else why not: it moved, is covered, is dark.
        shift_px: How far it had shifted: columns, rows.
        regions: Places that are different, the largest first; each has a ``mask``
            with ``box`` and ``area_px``, a ``score`` and a ``kind``. Empty unless
            ``view`` is ok.
        score: How likely each pixel changed, float32 ``(H, W)`` in ``[0, 1]``.
        threshold: Score that a region must reach somewhere.
        model: Who looked.
        current: The second picture brought onto the first, uint8 ``(H, W, 3)``; as
            it came where ``view`` is not ok.
    """

    view: View
    shift_px: tuple[float, float]
    regions: tuple[Region, ...]
    score: ScoreMap
    threshold: float
    model: ModelTag
    current: Pixels

    @property
    def changed(self) -> bool:
        """Whether they differ: in some place, or so much that nothing can be said."""
        return bool(self.regions) or self.view is not View.OK


def detect_changes(  # noqa: PLR0913 - what the user may want otherwise
    model: str | Path | Engine,
    image1: str | Path | Pixels,
    image2: str | Path | Pixels,
    *,
    sensitivity: float = USUAL.sensitivity,
    min_change_px: int = USUAL.min_change_px,
    max_shift_px: float = USUAL.max_shift_px,
) -> Changes:
    """Say what is different between two pictures of one view.

    The second is brought onto the first before they are compared. A change of the
    light alone is no difference.

    Args:
        model: ``"default"``, the network that comes with the package;
            ``"difference"``, the method without one; the folder of a bundle; or an
            engine from ``edge.app.engine_of``, which saves loading it for each pair.
        image1: How it looked before: a JPEG, PNG or BMP file, or RGB, uint8
            ``(H, W, 3)``.
        image2: How it looks now, of the same size.
        sensitivity: In ``[0, 1]``; more reports fainter differences.
        min_change_px: Side of the smallest change to report, in pixels.
        max_shift_px: Largest shift of the view that is aligned away, in pixels.

    Raises:
        ConfigError: A picture cannot be read, or their sizes differ.
        ModelError: The bundle cannot be used.
        EngineError: The engine cannot be loaded, or failed.
    """
    before, after = _pixels("image1", image1), _pixels("image2", image2)
    if before.shape != after.shape:
        sizes = " and ".join(f"{pixels.shape[1]} x {pixels.shape[0]}" for pixels in (before, after))
        msg = f"the pictures are {sizes}; pictures of one view have one size"
        raise ConfigError(msg)
    limits = Limits(sensitivity=sensitivity, min_change_px=min_change_px, max_shift_px=max_shift_px)
    engine, clock = _engine(model), SystemClock()
    detector = Detector(engine, limits, still_reference(before), clock)
    look = detector.look(Frame("after", 0, clock.now(), after))
    return Changes(
        view=look.view,
        shift_px=look.shift_px,
        regions=look.regions,
        score=look.score,
        threshold=threshold_of(sensitivity, at=engine.contract.threshold),
        model=look.model,
        current=after if detector.sight is None else detector.sight.pixels,
    )


def _engine(model: str | Path | Engine) -> Engine:
    if not isinstance(model, (str, Path)):
        return model
    if model == DIFFERENCE:
        return DifferenceEngine()
    return default_engine() if model == DEFAULT else engine_of(Path(model))


def _pixels(name: str, image: str | Path | Pixels) -> Pixels:
    if isinstance(image, (str, Path)):
        return read_picture(Path(image))
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:  # noqa: PLR2004 - rows, columns, RGB
        msg = f"{name}: must be RGB, uint8 (height, width, 3), and is {image.dtype} {image.shape}"
        raise ConfigError(msg)
    return image

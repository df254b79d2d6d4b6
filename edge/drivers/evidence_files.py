"""Pictures behind events, in a folder that cannot grow without end."""

from __future__ import annotations

import logging
import os
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np

from edge.types import Box
from edge.vision.drawing import RECTANGLE, heat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.types import Event, Frame, Look, Pixels, Reference, ScoreMap

CONTEXT = 3.0
LEAST_SIZE = (320, 180)
CLEAR_PX = 48
"""Side on the picture from which a change is plain to see."""

MAX_ENLARGED = 6.0
MAX_WIDTH = 1280
JPEG_QUALITY = 90

Number = TypeVar("Number", np.uint8, np.float32)

_NUMBERED = re.compile(r"([0-9]{6,})-.+\.jpg")
_log = logging.getLogger(__name__)


class FileEvidence:
    """Keeps three cut-outs per event about a change: before, after and heat.

    They are named ``<number>-<time>-<change_id>-<event_type>-before.jpg``; the
    number grows, whatever the clock does. Events about the view or the reference
    leave no pictures. A disk that refuses is logged once, until it takes one again.

    Args:
        directory: Made when missing.
        keep: Events whose pictures are kept; the oldest go.
        margin: Pixels between the change and the rectangle around it.
    """

    def __init__(self, directory: Path, *, keep: int = 200, margin: int = 4) -> None:
        self._directory = directory
        self._keep = keep
        self._margin = margin
        self._failing = False

    def keep(self, event: Event, frame: Frame, reference: Reference, look: Look) -> None:
        """Keep before, after and heat pictures of the event; never raises."""
        if event.change is None:
            return
        box = event.change.mask.box
        moment = datetime.fromtimestamp(event.decided_ns // 10**9, tz=timezone.utc)
        label = f"{moment:%Y%m%dT%H%M%SZ}-{event.change.change_id}-{event.event_type.value}"
        try:
            pictures = self._pictures(box, frame.pixels, reference.pixels, look.score)
            self._store(re.sub(r"[^A-Za-z0-9_.-]", "_", label), pictures)
        except (OSError, cv2.error) as error:
            if not self._failing:
                _log.warning("%s: no pictures are kept: %s", self._directory, error)
            self._failing = True
        else:
            self._failing = False

    def _pictures(
        self, box: Box, current: Pixels, reference: Pixels, score: ScoreMap
    ) -> dict[str, NDArray[np.uint8]]:
        height, width = reference.shape[:2]
        crop = around(box, width=width, height=height)
        before = _cut(reference, crop)
        after = _cut(_fitted(current, width, height), crop)
        parts = {"before": before, "after": after}
        if score.size:
            parts["heat"] = heat(after, _cut(_fitted(score, width, height), crop))
        margin = self._margin
        wide = Box(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)
        return {name: _shown(part, crop, wide, enlargement(box, crop)) for name, part in parts.items()}

    def _store(self, label: str, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        numbers = self._make_room()
        number = numbers[-1] + 1 if numbers else 1
        for name, picture in pictures.items():
            path = self._directory / f"{number:06d}-{label}-{name}.jpg"
            quality = (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)
            _, encoded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), quality)
            unfinished = path.with_suffix(".new")
            try:
                with unfinished.open("wb") as file:
                    file.write(encoded.tobytes())
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)

    def _make_room(self) -> list[int]:
        """Remove the oldest pictures, so that one more event fits; return the numbers left."""
        kept: dict[int, list[Path]] = {}
        for path in self._directory.iterdir():
            if path.suffix == ".new":  # a power cut came in between
                path.unlink(missing_ok=True)
            elif match := _NUMBERED.fullmatch(path.name):
                kept.setdefault(int(match[1]), []).append(path)
        numbers = sorted(kept)
        for number in numbers[: max(0, len(numbers) + 1 - self._keep)]:
            for path in kept[number]:
                path.unlink(missing_ok=True)
        return numbers


def around(box: Box, *, width: int, height: int) -> Box:
    """Return what to cut out: three times the box, at least 320 x 180, inside the picture."""
    left, right = _span(box.left, box.right, least=LEAST_SIZE[0], limit=width)
    top, bottom = _span(box.top, box.bottom, least=LEAST_SIZE[1], limit=height)
    return Box(left, top, right, bottom)


def _span(low: int, high: int, *, least: int, limit: int) -> tuple[int, int]:
    """Return a stretch around ``[low, high)`` that is moved, not cut, at the border."""
    length = min(limit, max(least, round((high - low) * CONTEXT)))
    start = min(max(0, (low + high - length) // 2), limit - length)
    return start, start + length


def enlargement(box: Box, crop: Box) -> float:
    """Return how many times to enlarge a cut-out, so that its change is plain to see."""
    wanted = CLEAR_PX / max(1, min(box.width, box.height))
    return min(max(1.0, wanted), MAX_ENLARGED, MAX_WIDTH / crop.width)


def _cut(whole: NDArray[Number], crop: Box) -> NDArray[Number]:
    return whole[crop.top : crop.bottom, crop.left : crop.right]


def _fitted(picture: NDArray[Number], width: int, height: int) -> NDArray[Number]:
    """Return the picture in the reference's size: an engine may score in a coarser one."""
    if picture.shape[:2] == (height, width):
        return picture
    fitted = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    return fitted.astype(picture.dtype, copy=False)


def _shown(part: Pixels, crop: Box, box: Box, factor: float) -> Pixels:
    """Return a cut-out, enlarged, with a thin rectangle along the box."""
    smooth = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    large: Pixels = cv2.resize(part, None, fx=factor, fy=factor, interpolation=smooth).astype(
        np.uint8, copy=False
    )
    corner = (round((box.left - crop.left) * factor), round((box.top - crop.top) * factor))
    opposite = (round((box.right - crop.left) * factor) - 1, round((box.bottom - crop.top) * factor) - 1)
    cv2.rectangle(large, corner, opposite, RECTANGLE, thickness=1)
    return large

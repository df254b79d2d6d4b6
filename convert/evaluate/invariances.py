"""What a model forgives, and how small a thing it finds: measured, for its card.

Pictures that it was never trained on are disturbed as a camera and the weather disturb
them: nothing changed, so everything reported is false. Then squares are laid
into them: what is not reported is missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from convert.data.chance import chance
from convert.data.nuisances import through_jpeg
from convert.evaluate.counts import TOUCH_PX, grown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from convert.evaluate.judge import Judge
    from convert.evaluate.threshold import Choice
    from edge.types import Pixels, ScoreMap

Step = Callable[[], None]
Disturbance = Callable[[np.random.Generator, "Pixels"], "Pixels"]

SIDES_PX = (3, 6, 9, 12, 18)
CONTRASTS = (30, 60)
"""Grey levels by which squares are brighter or darker."""

BORDER_PX = 8
"""Squares lie no nearer to the border, where there is room."""

SENSOR_NOISE = 2.0
"""Grey levels of noise on every current picture: no two pictures of a camera are equal."""


def _nothing() -> None:
    """Do nothing after a look."""


def _brighter(factor: float) -> Disturbance:
    return lambda _, picture: _as_pixels(picture * np.float32(factor))


def _noisy(levels: float) -> Disturbance:
    return lambda rng, picture: _as_pixels(picture + rng.normal(0, levels, picture.shape))


def _shifted(across: float, down: float) -> Disturbance:
    motion = np.array([[1, 0, across], [0, 1, down]], np.float64)

    def shift(_: np.random.Generator, picture: Pixels) -> Pixels:
        size = (picture.shape[1], picture.shape[0])
        return cast("Pixels", cv2.warpAffine(picture, motion, size, borderMode=cv2.BORDER_REFLECT_101))

    return shift


def _stored(quality: int) -> Disturbance:
    return lambda _, picture: through_jpeg(picture, quality)


DISTURBANCES: Mapping[str, Disturbance] = {
    "nothing but noise of 2 grey levels": lambda _, picture: picture,
    "noise of 10 grey levels": _noisy(10.0),
    "light x0.6": _brighter(0.6),
    "light x1.25": _brighter(1.25),
    "warmer light": lambda _, picture: _as_pixels(picture * np.array([1.12, 1.0, 0.85])),
    "gamma 1.3": lambda _, picture: _as_pixels(255 * (picture / 255.0) ** 1.3),
    "shifted by 1 pixel": _shifted(1.0, 0.0),
    "shifted by 2.5 and 1.5 pixels": _shifted(2.5, 1.5),
    "out of focus by 1.5 pixels": lambda _, picture: cast("Pixels", cv2.GaussianBlur(picture, (0, 0), 1.5)),
    "JPEG of quality 40": _stored(40),
}


@dataclass(frozen=True, slots=True)
class Forgiven:
    """What is reported although nothing changed.

    Attributes:
        pictures: Share of the pictures in which anything is.
        pixels: Share of all their pixels.
    """

    pictures: float
    pixels: float


def forgiven(
    judge: Judge, choice: Choice, pictures: Sequence[Pixels], *, seed: int, step: Step = _nothing
) -> dict[str, Forgiven]:
    """Disturb pictures, and count what is reported.

    Args:
        judge: The model, on the way of the device.
        choice: From what scores on it reports.
        pictures: RGB, uint8 ``(H, W, 3)``, at least one.
        seed: Decides noise.
        step: Called after each look.

    Returns:
        For each disturbance.
    """
    found: dict[str, Forgiven] = {}
    for name, disturb in DISTURBANCES.items():
        shares = []
        for number, picture in enumerate(pictures):
            rng = np.random.default_rng([seed, number])
            score = judge.score(picture, _noisy(SENSOR_NOISE)(rng, disturb(rng, picture)))
            shares.append(float(choice.reported(score).mean()))
            step()
        found[name] = Forgiven(float(np.mean([share > 0 for share in shares])), float(np.mean(shares)))
    return found


def looks(pictures: int) -> int:
    """Return how often ``forgiven``, ``recall`` and ``swapped`` look, together, with so many pictures."""
    return pictures * (len(DISTURBANCES) + len(CONTRASTS) * len(SIDES_PX) + 1)


def swapped(
    judge: Judge,
    scores: Sequence[ScoreMap],
    turned: Sequence[tuple[Pixels, Pixels]],
    *,
    step: Step = _nothing,
) -> float:
    """Return by how much the highest score of a pair changes when both pictures change places, on average.

    Args:
        judge: The model, on the way of the device.
        scores: What it says of the pairs, float32 ``(H, W)`` each; at least one.
        turned: The same pairs the other way round, RGB, uint8 ``(H, W, 3)``.
        step: Called after each look.
    """
    apart = []
    for score, pair in zip(scores, turned, strict=True):
        apart.append(abs(float(score.max()) - float(judge.score(*pair).max())))
        step()
    return float(np.mean(apart))


def recall(
    judge: Judge, choice: Choice, pictures: Sequence[Pixels], *, seed: int, step: Step = _nothing
) -> dict[str, dict[str, float]]:
    """Lay a square into each picture, and count those that are reported.

    Args:
        judge: The model, on the way of the device.
        choice: From what scores on it reports.
        pictures: RGB, uint8 ``(H, W, 3)``, larger than the squares.
        seed: Decides where they lie, and whether they are brighter or darker.
        step: Called after each look.

    Returns:
        Share found, by contrast in grey levels and then by side in pixels.
    """
    shares: dict[str, dict[str, float]] = {}
    for contrast in CONTRASTS:
        shares[str(contrast)] = {}
        for side_px in SIDES_PX:
            hits = []
            for number, picture in enumerate(pictures):
                rng = np.random.default_rng([seed, contrast, side_px, number])
                where, current = _squared(rng, picture, side_px=side_px, contrast=contrast)
                score = judge.score(picture, _noisy(SENSOR_NOISE)(rng, current))
                told = choice.reported(score)
                hits.append(bool((told & grown(where, TOUCH_PX)).any()))
                step()
            shares[str(contrast)][str(side_px)] = float(np.mean(hits))
    return shares


def _squared(
    rng: np.random.Generator, picture: Pixels, *, side_px: int, contrast: int
) -> tuple[NDArray[np.bool_], Pixels]:
    """Lay a square where it can be seen: where the picture is dark, a brighter one."""
    rows, columns = picture.shape[:2]
    top, left = (
        int(rng.integers(BORDER_PX, max(BORDER_PX + 1, long - side_px - BORDER_PX)))
        for long in (rows, columns)
    )
    where = np.zeros((rows, columns), np.bool_)
    where[top : top + side_px, left : left + side_px] = True
    level = float(picture[where].mean())
    brighter = chance(rng, 0.5) if contrast < level < 255 - contrast else level <= contrast
    changed = picture.astype(np.float32)
    changed[where] += contrast if brighter else -contrast
    return where, _as_pixels(changed)


def _as_pixels(values: NDArray[np.floating]) -> Pixels:
    return cast("Pixels", np.clip(np.rint(values), 0, 255).astype(np.uint8))

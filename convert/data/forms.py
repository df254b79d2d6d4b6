"""Forms of things: an outline from above, and a profile from the side.

A form is a function of the dice and of places in radii from its centre, float32
``(h, w)`` each. It returns how deep inside the outline each place is, in radii,
negative outside; and the height there, between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from convert.data import shapes
from convert.data.chance import chance

Radii = NDArray[np.float32]
Profile = tuple[NDArray[np.floating], NDArray[np.floating]]
Form = Callable[[np.random.Generator, Radii, Radii], Profile]


def dome(_: np.random.Generator, x: Radii, y: Radii) -> Profile:
    """Half of a ball."""
    away = np.hypot(x, y)
    return 1 - away, np.sqrt(np.clip(1 - away**2, 0, 1))


def block(rng: np.random.Generator, x: Radii, y: Radii) -> Profile:
    """A box with slanting edges."""
    bevel = rng.uniform(0.02, 0.4)
    deep = 1 - np.maximum(np.abs(x), np.abs(y))
    return deep, np.clip(deep / bevel, 0, 1)


def disc(rng: np.random.Generator, x: Radii, y: Radii) -> Profile:
    """A coin or a button."""
    deep = 1 - np.hypot(x, y)
    return deep, np.clip(deep / rng.uniform(0.02, 0.3), 0, 1)


def cone(_: np.random.Generator, x: Radii, y: Radii) -> Profile:
    """A heap, or a spike."""
    deep = 1 - np.hypot(x, y)
    return deep, np.clip(deep, 0, 1)


def ring(rng: np.random.Generator, x: Radii, y: Radii) -> Profile:
    """A washer."""
    wide = rng.uniform(0.12, 0.3)
    deep = wide - np.abs(np.hypot(x, y) - (1 - wide))
    return deep, np.sqrt(np.clip(deep / wide, 0, 1))


def bar(rng: np.random.Generator, x: Radii, y: Radii) -> Profile:
    """A pin, a cable, a handle."""
    slim = rng.uniform(0.1, 0.3)
    deep = slim - np.hypot(np.maximum(np.abs(x) - (1 - slim), 0), y)
    return deep, np.sqrt(np.clip(deep / slim, 0, 1))


def screw(rng: np.random.Generator, x: Radii, y: Radii) -> Profile:
    """The head of a screw, with a slot or a cross."""
    away = np.hypot(x, y)
    slot = np.abs(y) < rng.uniform(0.1, 0.2)
    if chance(rng, 0.5):
        slot |= np.abs(x) < 0.15  # noqa: PLR2004 - a cross is a little wider than most slots
    within = away < 0.8  # noqa: PLR2004 - the rim is whole
    top = np.clip((1 - away) / 0.3, 0, 1) * np.where(slot & within, 0.3, 1)
    return 1 - away, top


def letters(rng: np.random.Generator, x: Radii, _: Radii) -> Profile:
    """One to three letters, raised or printed."""
    side = x.shape[0]
    radius = float(1 / np.hypot(x[0, 1] - x[0, 0], x[1, 0] - x[0, 0]))
    image = shapes.word_in_the_middle(rng, np.zeros((side, side), np.uint8), (255,), share=0.9)
    inside = image.astype(np.float32) / np.float32(255)
    return (inside - np.float32(0.5)) / np.float32(radius), inside * np.float32(rng.uniform(0, 0.4))


def stone(rng: np.random.Generator, x: Radii, y: Radii) -> Profile:
    """A pebble, a crumb, a drop."""
    around = np.arctan2(y, x)
    edge = 1 + sum(
        rng.normal(0, 0.25 / order) * np.cos(order * around + rng.uniform(0, 6.3)) for order in range(1, 6)
    )
    deep = np.clip(edge, 0.3, 1.4) - np.hypot(x, y)
    return deep, np.sqrt(np.clip(deep, 0, 1))


FORMS: tuple[Form, ...] = (dome, block, disc, cone, ring, bar, screw, letters, stone)
SLIM = frozenset({block, bar, stone})
"""Forms that may be longer than they are wide."""

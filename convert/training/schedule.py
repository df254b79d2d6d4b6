"""How fast a network learns, step by step."""

from __future__ import annotations

import keras

FINAL_SHARE = 0.01
"""Where the learning rate ends, as a share of its highest value."""


def warmed_cosine(
    *, highest: float, warmup_steps: int, steps: int
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return a learning rate that rises in a line, then falls along a cosine.

    Args:
        highest: Its highest value.
        warmup_steps: Steps of the rise; at most a tenth of all.
        steps: All steps.

    Source: Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts.
    """
    rise = min(warmup_steps, max(1, steps // 10))
    return keras.optimizers.schedules.CosineDecay(
        highest / max(1, rise),
        max(1, steps - rise),
        alpha=FINAL_SHARE,
        warmup_target=highest,
        warmup_steps=rise,
    )

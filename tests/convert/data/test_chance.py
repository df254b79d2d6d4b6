from __future__ import annotations

import numpy as np
import pytest

from convert.data.chance import chance, log_uniform
from tests.convert.data.painting import rng_of


def test_a_share_of_the_cases() -> None:
    rng = rng_of(1)
    assert np.mean([chance(rng, 0.3) for _ in range(4000)]) == pytest.approx(0.3, abs=0.03)


def test_each_doubling_is_as_likely() -> None:
    rng = rng_of(2)
    drawn = np.array([log_uniform(rng, (2.0, 32.0)) for _ in range(4000)])
    assert drawn.min() >= 2.0
    assert drawn.max() <= 32.0
    counts, _ = np.histogram(np.log2(drawn), bins=4, range=(1.0, 5.0))
    assert counts / 4000 == pytest.approx([0.25] * 4, abs=0.03)

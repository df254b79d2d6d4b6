"""The engine without a network: the ``difference`` method behind the Engine port."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from edge.core.contract import PAIR, SCORE, check_inputs
from edge.types import ModelContract
from edge.vision.difference import difference
from edge.vision.light import grey

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from edge.types import Pixels

CONTRACT = ModelContract(model="difference", version="1", inputs=PAIR, outputs=SCORE)


class DifferenceEngine:
    """Scores pairs by ``edge.vision.difference``; runs anywhere, cannot be lost."""

    contract = CONTRACT
    delegate = "cpu"

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Mapping[str, NDArray[np.generic]]:
        """Compare; see ``edge.ports.Engine``."""
        check_inputs(CONTRACT, inputs)
        reference, current = (grey(cast("Pixels", inputs[name])) for name in ("reference", "current"))
        return {"score": difference(reference, current, cast("NDArray[np.float32]", inputs["noise"]))}

"""An engine that goes on without its accelerator, and takes it back when it works again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.core.backoff import doubled_s, in_a_row
from edge.errors import EngineError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from edge.ports import Clock, Engine

FIRST_PAUSE_S = 10.0
LONGEST_PAUSE_S = 300.0
"""Waking an accelerator may take seconds in which nothing is watched: not too often."""

STEADY_S = 60.0
"""An accelerator that worked for so long may be woken again soon after it failed."""

_log = logging.getLogger(__name__)


class FallbackEngine:
    """Implements ``edge.ports.Engine``: an accelerator while it works, else the processor.

    When the accelerator fails, the same pictures are compared on the processor at
    once, so no frame is lost. It is tried again after ten seconds, then after ever
    longer pauses; what it is tried with is the next pair of pictures.

    Args:
        wake: Loads the model on the accelerator; raises ``EngineError`` where there
            is none now, ``ModelError`` where it has no use for this bundle.
        spare: The same model on the processor, loaded.
        clock: Says when to try again.

    Attributes:
        contract: The spare's, which is that of the same model.
    """

    def __init__(self, wake: Callable[[], Engine], spare: Engine, clock: Clock) -> None:
        self.contract = spare.contract
        self._wake = wake
        self._spare = spare
        self._clock = clock
        self._fast: Engine | None = None
        self._awake_ns = 0
        self._failures = 0
        self._try_at_ns: int | None = clock.now().mono_ns
        self._try_to_wake()

    @property
    def delegate(self) -> str:
        """What it runs on now."""
        return (self._fast or self._spare).delegate

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Mapping[str, NDArray[np.generic]]:
        """Compare; see ``edge.ports.Engine``."""
        self._try_to_wake()
        if self._fast is not None:
            try:
                return self._fast.run(inputs)
            except EngineError as error:
                worked_s = (self._clock.now().mono_ns - self._awake_ns) / 1e9
                self._fast = None
                self._postpone(error, worked_s)
        return self._spare.run(inputs)

    def _try_to_wake(self) -> None:
        if self._fast is not None or self._try_at_ns is None or self._clock.now().mono_ns < self._try_at_ns:
            return
        try:
            self._fast = self._wake()
        except EngineError as error:
            self._postpone(error, 0.0)
        except ModelError as error:  # no plug will mend that
            self._try_at_ns = None
            _log.error("%s; comparing on %s", error, self._spare.delegate)
        else:
            self._awake_ns = self._clock.now().mono_ns
            _log.info("comparing on %s", self._fast.delegate)

    def _postpone(self, error: EngineError, worked_s: float) -> None:
        self._failures = in_a_row(self._failures, worked_s, steady_s=STEADY_S)
        pause_s = doubled_s(self._failures - 1, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S)
        self._try_at_ns = self._clock.now().mono_ns + round(pause_s * 1e9)
        _log.warning("%s; comparing on %s, trying again in %.0f s", error, self._spare.delegate, pause_s)

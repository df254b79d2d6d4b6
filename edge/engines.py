"""Which engine a device compares with; the part of the composition root that knows them all."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from edge.bundle_files import read_bundle, read_model
from edge.core.bundles import CONTRACT
from edge.drivers.engine_difference import DifferenceEngine
from edge.drivers.engine_litert import LiteRtEngine
from edge.errors import EngineError, ModelError
from edge.fallback import FallbackEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.config import ModelConfig
    from edge.ports import Clock, Engine

DEFAULT_BUNDLE = Path(__file__).parent / "models" / "default"
MOST_THREADS = 4

_log = logging.getLogger(__name__)


def engine_of(bundle: Path | None = None, *, delegate: str = "cpu", threads: int | None = None) -> Engine:
    """Load a bundle's network.

    Args:
        bundle: Its folder; ``None`` for the one that comes with the package.
        delegate: Which of its models to run: ``cpu``, or ``float``.
        threads: How many of the processor's threads may work, at least 1;
            ``None`` for four, or fewer where there are fewer.

    Raises:
        ModelError: The bundle cannot be used, or has no model for the delegate.
        EngineError: This machine cannot run it.
    """
    folder = DEFAULT_BUNDLE if bundle is None else bundle
    found = read_bundle(folder)
    for file in found.files:
        if file.delegate == delegate:
            model = read_model(folder, file)
            threads = threads or min(MOST_THREADS, os.cpu_count() or 1)
            return LiteRtEngine(found.contract(file), model, delegate=delegate, threads=threads)
    has = ", ".join(file.delegate for file in found.files)
    msg = f"{folder}: no model for the delegate {delegate!r}; it has {has}"
    raise ModelError(msg)


def configured_engine(model: ModelConfig) -> Engine:
    """Return the engine that a configuration asks for.

    Raises:
        ModelError: The bundle that it names cannot be used.
        EngineError: This machine cannot run it.
    """
    if model.method == "difference":
        return difference_engine()
    if model.bundle is None and model.threads is None:
        return default_engine()
    return engine_of(model.bundle, threads=model.threads)


def default_engine(bundle: Path = DEFAULT_BUNDLE) -> Engine:
    """Return the engine that the device uses unless told otherwise: it must keep watching.

    The network of the bundle; where there is none, or it cannot be used, the
    ``difference`` method, and the log says why.
    """
    if not (bundle / CONTRACT).exists():
        return DifferenceEngine()
    try:
        return engine_of(bundle)
    except (ModelError, EngineError) as error:
        _log.error("%s; comparing with the difference method instead", error)
        return DifferenceEngine()


def accelerated_engine(
    wake: Callable[[], Engine], clock: Clock, *, bundle: Path | None = None, threads: int | None = None
) -> Engine:
    """Return an engine that uses an accelerator while there is one, and else the processor.

    Args:
        wake: Loads the bundle's model on the accelerator; see ``FallbackEngine``.
        clock: Says when to try again.
        bundle: Its folder; ``None`` for the one that comes with the package.
        threads: For the processor, as in ``engine_of``.

    Raises:
        ModelError: The bundle cannot be used.
        EngineError: This machine's processor cannot run it.
    """
    return FallbackEngine(wake, engine_of(bundle, threads=threads), clock)


def difference_engine() -> Engine:
    """Return the engine without a network."""
    return DifferenceEngine()

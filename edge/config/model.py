"""The ``[model]`` table: what pictures are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.config.settings import Method, ModelConfig

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config.table import Table

METHODS: tuple[Method, ...] = ("network", "difference")
MOST_THREADS = 64


def read_model(table: Table, folder: Path) -> ModelConfig:
    """Read the table; it may be left out, and so may each of its keys."""
    method = table.choice("method", "network", METHODS)
    bundle = table.path("bundle", folder)
    threads = table.integer("threads", 1, low=1, high=MOST_THREADS) if table.has("threads") else None
    if method == "difference":
        for key in ("bundle", "threads"):
            if table.has(key):
                table.fault(key, 'is for method = "network"; remove it, or the method')
    table.finish()
    return ModelConfig(method, bundle, threads)

"""The ``[metrics]`` table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.config.settings import MetricsConfig

if TYPE_CHECKING:
    from edge.config.table import Table

LOWEST_PORT, HIGHEST_PORT = 1024, 65_535


def read_metrics(table: Table) -> MetricsConfig:
    """Read the table; it may be left out, and nothing is served then."""
    low, high = LOWEST_PORT, HIGHEST_PORT
    port = table.integer("port", low, low=low, high=high) if table.has("port") else None
    table.finish()
    return MetricsConfig(port)

"""Networks on the processor, by LiteRT."""

from edge.drivers.engine_litert.engine import LiteRtEngine

__all__ = ["LiteRtEngine"]

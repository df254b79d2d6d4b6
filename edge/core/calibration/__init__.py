"""From a wish, and from what a view does by itself, to a threshold."""

from edge.core.calibration.wish import threshold_of

__all__ = ["threshold_of"]

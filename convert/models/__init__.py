"""Networks by name."""

from convert.models.building import floating, save, widths_of
from convert.models.networks import NETWORKS, Network, trainable

__all__ = ["NETWORKS", "Network", "floating", "save", "trainable", "widths_of"]

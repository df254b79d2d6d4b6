"""How a delivery is doing that nobody runs: it has nothing to do, unless a test says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class NoDelivery:
    """Implements ``edge.ports.DeliveryStats``."""

    depth: int = 0
    dropped: int = 0
    set_aside: int = 0
    taken_over: int = 0
    connected: bool = True
    sent: int = 0
    resent: int = 0

"""The world as the watch loop and the delivery thread see it: small protocols.

``edge.drivers`` holds the real ones, ``edge.sim`` the ones made of memory; one
test suite per port runs on both.
"""

from edge.ports.announcing import Announcements
from edge.ports.delivering import (
    Broker,
    Confirmed,
    Connected,
    Disconnected,
    Entry,
    Journal,
    Listener,
    Note,
    Queued,
    Received,
    Refused,
)
from edge.ports.filming import Feed, Shutter
from edge.ports.watching import (
    Board,
    Camera,
    Clock,
    Engine,
    Evidence,
    Orders,
    Outbox,
    Records,
    References,
    Watchdog,
)

__all__ = [
    "Announcements",
    "Board",
    "Broker",
    "Camera",
    "Clock",
    "Confirmed",
    "Connected",
    "Disconnected",
    "Engine",
    "Entry",
    "Evidence",
    "Feed",
    "Journal",
    "Listener",
    "Note",
    "Orders",
    "Outbox",
    "Queued",
    "Received",
    "Records",
    "References",
    "Refused",
    "Shutter",
    "Watchdog",
]

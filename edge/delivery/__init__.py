"""From the watch loop to the broker, through the disk: one thread owns both.

The watch loop hands over and goes on. What it handed over is stored first, in
one transaction with whatever else waits, and only what is stored is published.
An event leaves the journal when the broker acknowledges it or, where there is one,
the system of record.
"""

from edge.delivery.delivery import Delivery
from edge.delivery.record import Record

__all__ = ["Delivery", "Record"]

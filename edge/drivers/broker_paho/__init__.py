"""A connection to an MQTT broker that mends itself, over paho.

paho's own reconnection is not used: it has no jitter, and it sends again by
itself what was in flight, which would ring twice. Each connection gets a new
client, and what an old one held is void.
"""

from edge.drivers.broker_paho.access import Access, Tls
from edge.drivers.broker_paho.broker import PahoBroker

__all__ = ["Access", "PahoBroker", "Tls"]

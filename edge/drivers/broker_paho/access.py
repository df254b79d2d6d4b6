"""Where a broker is and how to be let in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from edge.types import Message


@dataclass(frozen=True, slots=True)
class Tls:
    """How the connection is encrypted; chain and host name are always verified.

    Attributes:
        ca_file: Who may vouch for the broker; ``None`` for the system's list.
        cert_file: Our own certificate; ``None`` for none.
        key_file: Its key, not encrypted.
    """

    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Where the broker is, who we are, and what it does for us.

    Attributes:
        host: Name or address.
        port: TCP port.
        client_id: Unique among the broker's clients.
        username: ``None`` for none.
        password: ``None`` for none; never shown.
        tls: ``None`` for an open connection.
        protocol: ``auto`` prefers MQTT 5 and turns to 3.1.1 when refused or
            met with silence.
        will: What the broker publishes when we vanish.
        subscriptions: Topic filters, subscribed at QoS 1 on every connection.
        keepalive_s: A dead connection is noticed within twice this time.
    """

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | None = None
    protocol: Literal["auto", "5", "3.1.1"] = "auto"
    will: Message | None = None
    subscriptions: tuple[str, ...] = ()
    keepalive_s: int = 30

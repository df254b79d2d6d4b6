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

    @property
    def advice(self) -> str:
        """What to look at where a broker hangs up before it lets us in: over TLS 1.3 it says nothing."""
        if self.cert_file is None:
            return "check mqtt.cert_file (the broker may want a certificate of us)"
        return "check mqtt.cert_file (its date, and whether the broker knows who signed it)"


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
        keepalive_s: A dead connection is noticed within twice this time.
        lasting_s: How long the broker keeps what comes while we are away, in seconds;
            it also sends again what was not settled. 0 for neither.
    """

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | None = None
    protocol: Literal["auto", "5", "3.1.1"] = "auto"
    will: Message | None = None
    keepalive_s: int = 30
    lasting_s: int = 0

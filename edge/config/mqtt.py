"""The ``[mqtt]`` table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from edge.config.settings import DISCOVERY_PREFIX, PORTS, MqttConfig
from edge.config.sources import redacted
from edge.config.table import LATER_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config.settings import Confirmation, Image, Protocol
    from edge.config.table import Table

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
CONFIRMATIONS: tuple[Confirmation, ...] = ("broker", "consumer")
PROTOCOLS: tuple[Protocol, ...] = ("auto", "5", "3.1.1")
IMAGES: tuple[Image, ...] = ("change", "heatmap", "reference")

_PREFIX = r"(?:[A-Za-z0-9_-]{1,32}(?:/[A-Za-z0-9_-]{1,32}){0,3})?"

_REFUSED = {
    "site": LATER_VERSION,
    "password": "a password does not belong into this file; put it into its own and write password_file",
}


def read_mqtt(table: Table, folder: Path) -> MqttConfig:
    """Read the table; ``url`` must be there."""
    allow_plain = table.flag("allow_plain", default=False)
    url = _url(table, allow_plain=allow_plain)
    username = table.text(
        "username", None, pattern=r"[^:]{1,256}", rule="must be 1 to 256 characters, no colon"
    )
    password_file = table.path("password_file", folder)
    if password_file and not table.has("username"):
        table.fault("password_file", "a password needs a username; write username too")
    cert_file, key_file = table.path("cert_file", folder), table.path("key_file", folder)
    if (cert_file is None) != (key_file is None):
        given, absent = ("key_file", "cert_file") if cert_file is None else ("cert_file", "key_file")
        table.fault(given, f"a certificate and its key go together; write {absent} too")
    elif cert_file and url.startswith("mqtt://"):
        table.fault("cert_file", "nobody is shown a certificate over mqtt://; use mqtts://")
    config = MqttConfig(
        url=url,
        username=username,
        password_file=password_file,
        ca_file=table.path("ca_file", folder),
        cert_file=cert_file,
        key_file=key_file,
        protocol=table.choice("protocol", "auto", PROTOCOLS),
        late_after_s=table.number("late_after_s", 60.0, low=1, high=86_400, unit="seconds"),
        allow_plain=allow_plain,
        confirm=table.choice("confirm", "broker", CONFIRMATIONS),
        outbox_mb=table.integer("outbox_mb", 16, low=1, high=2048, unit="megabytes"),
        images=table.choices("images", IMAGES),
        discovery_prefix=table.text(
            "discovery_prefix",
            DISCOVERY_PREFIX,
            pattern=_PREFIX,
            rule='must be a topic of letters, digits, _, - and /, or "" not to be found',
        ),
    )
    table.finish(_REFUSED)
    return config


def _url(table: Table, *, allow_plain: bool) -> str:
    """Return the broker's URL, or the empty string with a fault remembered."""
    if not table.has("url"):
        table.fault(
            "url", 'missing; write url = "mqtts://HOST", or mqtt://localhost for a broker on this machine'
        )
        return ""
    url = table.raw_text("url")
    if url is None:
        return ""
    problem = _problem(url, allow_plain=allow_plain)
    if problem:
        table.fault("url", f'"{redacted(url)}": {problem}', secret=True)
        return ""
    return url


def _problem(url: str, *, allow_plain: bool) -> str:
    """Return what is wrong with a URL, the empty string when nothing is."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        return f"must be mqtts://HOST or mqtts://HOST:PORT ({error})"
    if "@" in url:
        return "a name and password do not belong into the URL; write username and password_file"
    if (
        parts.scheme not in PORTS
        or not host
        or port == 0
        or any((parts.path.strip("/"), parts.query, parts.fragment))
    ):
        return "must be mqtts://HOST or mqtts://HOST:PORT, or mqtt:// without encryption"
    if parts.scheme == "mqtt" and host not in LOCAL_HOSTS and not allow_plain:
        return "mqtt:// lets everybody on the network read along; use mqtts://, or write allow_plain = true"
    return ""

"""Our own certificate, with which a broker knows us, and those with which we know the broker."""

from __future__ import annotations

import ssl
import stat
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from edge.core.x509 import subject_and_end
from edge.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config.settings import MqttConfig

MAX_BYTES = 256 * 1024
SOON_DAYS = 21
"""A certificate that is good for less is warned of."""

_DAY_NS = 86_400 * 10**9


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says.

    Attributes:
        name: Whom it names; a broker may take it for our username.
        expires_ns: Wall clock from which it is no longer good.
    """

    name: str
    expires_ns: int

    def days_left(self, now_ns: int) -> int:
        """Return the whole days it is still good; negative when it no longer is."""
        return (self.expires_ns - now_ns) // _DAY_NS


def own_certificate(mqtt: MqttConfig) -> Certificate | None:
    """Return the certificate that a broker is shown, ``None`` where there is none.

    That it has expired is no fault here: who has none that is good still watches.

    Raises:
        ConfigError: Certificate or key cannot be read, others can read the key, or
            they do not belong together.
    """
    if mqtt.cert_file is None or mqtt.key_file is None:
        return None
    text = _read(mqtt.cert_file, "cert_file", "a certificate")
    _read(mqtt.key_file, "key_file", "its key")
    if stat.S_IMODE(mqtt.key_file.stat().st_mode) & (stat.S_IROTH | stat.S_IWOTH):
        path = mqtt.key_file
        msg = f"mqtt.key_file {path}: everybody on this machine can read or write it; fix: chmod 600 {path}"
        raise ConfigError(msg)
    try:
        begin, end = text.index(ssl.PEM_HEADER), text.index(ssl.PEM_FOOTER) + len(ssl.PEM_FOOTER)
        name, last = subject_and_end(ssl.PEM_cert_to_DER_cert(text[begin:end]))
        moment = datetime.strptime(last, "%Y%m%d%H%M%SZ").replace(tzinfo=timezone.utc)
    except ValueError as error:
        msg = f"mqtt.cert_file {mqtt.cert_file}: holds no certificate; name a file with one in PEM form"
        raise ConfigError(msg) from error
    _check_pair(mqtt.cert_file, mqtt.key_file)
    return Certificate(name, int(moment.timestamp()) * 10**9)


def trusting(mqtt: MqttConfig) -> ssl.SSLContext:
    """Return what believes a broker that the named authorities vouch for, or else the system's.

    Raises:
        ConfigError: The file of authorities cannot be read, or holds none.
    """
    try:
        return ssl.create_default_context(cafile=None if mqtt.ca_file is None else str(mqtt.ca_file))
    except ssl.SSLError as error:
        msg = f"mqtt.ca_file {mqtt.ca_file}: holds no certificate; name a file with certificates in PEM form"
        raise ConfigError(msg) from error
    except OSError as error:
        msg = f"mqtt.ca_file {mqtt.ca_file}: {error.strerror}; name the file with the certificates to trust"
        raise ConfigError(msg) from error


def days_left(mqtt: MqttConfig, now_ns: int) -> int | None:
    """Return the days our own certificate is still good; ``None`` where there is none.

    It is read anew, since it may have been renewed; that it cannot be used any more is
    said by the next connection.
    """
    try:
        certificate = own_certificate(mqtt)
    except ConfigError:
        return None
    return None if certificate is None else certificate.days_left(now_ns)


def _read(path: Path, key: str, what: str) -> str:
    try:
        if not path.is_file():
            problem = "not a regular file" if path.exists() else "no such file"
            msg = f"mqtt.{key} {path}: {problem}; name the file that holds {what} in PEM form"
            raise ConfigError(msg)
        with path.open("rb") as file:
            return file.read(MAX_BYTES).decode("ascii", "replace")
    except PermissionError as error:
        fix = f"give it to the user that stillwatch runs as: chown USER {path}"
        msg = f"mqtt.{key} {path}: permission denied; {fix}"
        raise ConfigError(msg) from error
    except (OSError, ValueError) as error:
        msg = f"mqtt.{key} {path}: cannot be read: {error}"
        raise ConfigError(msg) from error


def _check_pair(cert_file: Path, key_file: Path) -> None:
    def no_passphrase() -> str:
        fix = "nobody can type it here; remove it: openssl pkey -in KEY -out KEY.plain"
        msg = f"mqtt.key_file {key_file}: has a passphrase; {fix}"
        raise ConfigError(msg)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_cert_chain(cert_file, key_file, no_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            fix = "name the two that were made together"
            msg = f"mqtt.key_file {key_file}: is not the key of {cert_file}; {fix}"
            raise ConfigError(msg) from error
        why = f" ({error.reason})" if error.reason else ""
        msg = f"mqtt.key_file {key_file}: cannot be used with {cert_file}{why}; both must be in PEM form"
        raise ConfigError(msg) from error

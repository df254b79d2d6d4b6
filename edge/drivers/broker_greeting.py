"""Reaches a broker's address, and has its certificate verified, without speaking MQTT."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from edge.config.certificate import trusting
from edge.errors import ConfigError, DeliveryError
from edge.ports.examining import Greeting

if TYPE_CHECKING:
    from edge.config import MqttConfig

WITHIN_S = 5.0

# OpenSSL's X509_V_ERR_*: numbers, as the words differ from version to version.
_NOT_YET_VALID = 9
_EXPIRED = 10
_NOBODY_VOUCHES = (2, 18, 19, 20, 21)
_OTHER_NAME = (62, 64)


def greet(mqtt: MqttConfig) -> Greeting:
    """Connect, and hang up.

    Raises:
        DeliveryError: It cannot be reached, or is not who it should be; the message
            names cause and fix.
    """
    host, port = mqtt.host, mqtt.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        msg = f"no such host: {host}; check the name in mqtt.url, and that the network is up"
        raise DeliveryError(msg) from error
    try:
        with socket.create_connection((host, port), timeout=WITHIN_S) as plain:
            expires_ns = _verified(plain, mqtt) if mqtt.tls else None
    except ConnectionRefusedError as error:
        msg = f"connection refused by {host}:{port}; start the broker, or check the port in mqtt.url"
        raise DeliveryError(msg) from error
    except TimeoutError as error:
        msg = (
            f"no answer from {host}:{port} within {WITHIN_S:g} s; is the broker on, and does a firewall"
            " let us through?"
        )
        raise DeliveryError(msg) from error
    except OSError as error:
        msg = f"{host}:{port} cannot be reached: {error.strerror or error}; check cable, Wi-Fi and mqtt.url"
        raise DeliveryError(msg) from error
    return Greeting(str(found[0][4][0]), expires_ns)


def _verified(plain: socket.socket, mqtt: MqttConfig) -> int:
    """Return when the broker's certificate expires, once it is known to be good."""
    try:
        context = trusting(mqtt)
    except ConfigError as error:
        raise DeliveryError(str(error)) from error
    if mqtt.cert_file is not None:
        context.load_cert_chain(mqtt.cert_file, mqtt.key_file)
    try:
        with context.wrap_socket(plain, server_hostname=mqtt.host) as encrypted:
            certificate = encrypted.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        msg = f"{mqtt.host}:{mqtt.port}: {_why_not_believed(error, mqtt)}"
        raise DeliveryError(msg) from error
    except (ssl.SSLError, ConnectionResetError) as error:
        if "ALERT" in (getattr(error, "reason", None) or ""):
            msg = (
                f"{mqtt.host}:{mqtt.port} does not let us in ({error}); check mqtt.cert_file: its date, and"
                " whether the broker knows who signed it"
            )
            raise DeliveryError(msg) from error
        msg = (
            f"{mqtt.host}:{mqtt.port} does not speak TLS; check the port in mqtt.url"
            " (usually 8883 with TLS, 1883 without)"
        )
        raise DeliveryError(msg) from error
    return int(ssl.cert_time_to_seconds(str(certificate["notAfter"]))) * 10**9


def _why_not_believed(error: ssl.SSLCertVerificationError, mqtt: MqttConfig) -> str:
    code = error.verify_code
    if code in _OTHER_NAME:
        return (
            f"its certificate is not for {mqtt.host}; write the name that the certificate holds into"
            " mqtt.url, or give the broker a certificate for this one"
        )
    if code == _EXPIRED:
        return "its certificate has expired; renew it on the broker (and check this machine's clock)"
    if code == _NOT_YET_VALID:
        return "its certificate is not valid yet; check this machine's clock: timedatectl"
    if code in _NOBODY_VOUCHES:
        trusted = "the system's authorities" if mqtt.ca_file is None else str(mqtt.ca_file)
        return (
            f"its certificate is vouched for by nobody in {trusted}; name the certificate of the broker's"
            " authority in mqtt.ca_file"
        )
    return f"its certificate is refused ({error.verify_message}); check it, and mqtt.ca_file"

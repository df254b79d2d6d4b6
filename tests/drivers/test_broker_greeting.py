from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.config import MqttConfig
from edge.drivers.broker_greeting import greet
from edge.errors import DeliveryError
from tests.certificates import certify
from tests.shipped_broker import authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import StartMosquitto


@contextmanager
def strict_tls_12(folder: Path) -> Iterator[int]:
    """Run a server that wants certificates, in the version of TLS that says so at once."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "broker.crt", folder / "broker.key")
    context.load_verify_locations(folder / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def serve() -> None:
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as encrypted:
                encrypted.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.system
def test_a_broker_that_answers_has_an_address(mosquitto: StartMosquitto) -> None:
    greeting = greet(MqttConfig(f"mqtt://127.0.0.1:{mosquitto().port}"))
    assert (greeting.address, greeting.expires_ns) == ("127.0.0.1", None)


@pytest.mark.system
def test_a_certificate_says_how_long_it_is_good(tmp_path: Path, mosquitto: StartMosquitto) -> None:
    broker = mosquitto("allow_anonymous true\n" + certify(tmp_path, days=30))
    greeting = greet(MqttConfig(f"mqtts://localhost:{broker.port}", ca_file=tmp_path / "ca.crt"))
    assert greeting.expires_ns is not None
    assert (greeting.expires_ns - time.time_ns()) / 86_400e9 == pytest.approx(30, abs=0.1)


@pytest.mark.system
def test_an_expired_certificate_is_said_to_be(tmp_path: Path, mosquitto: StartMosquitto) -> None:
    broker = mosquitto("allow_anonymous true\n" + certify(tmp_path, days=-1))
    with pytest.raises(DeliveryError, match="has expired; renew it on the broker"):
        greet(MqttConfig(f"mqtts://localhost:{broker.port}", ca_file=tmp_path / "ca.crt"))


@pytest.mark.system
def test_a_broker_that_does_not_believe_us_is_told_from_one_without_encryption(tmp_path: Path) -> None:
    authority(tmp_path, "bench1")
    with strict_tls_12(tmp_path) as port:
        mqtt = MqttConfig(f"mqtts://localhost:{port}", ca_file=tmp_path / "ca.crt")
        own = replace(mqtt, cert_file=tmp_path / "bench1.crt", key_file=tmp_path / "bench1.key")
        assert greet(own).expires_ns is not None
        with pytest.raises(DeliveryError, match=r"does not let us in .*; check mqtt\.cert_file"):
            greet(mqtt)


@pytest.mark.system
def test_encryption_where_there_is_none(mosquitto: StartMosquitto) -> None:
    with pytest.raises(DeliveryError, match=r"does not speak TLS; check the port in mqtt\.url"):
        greet(MqttConfig(f"mqtts://127.0.0.1:{mosquitto().port}"))


def test_nobody_listens(free_port: int) -> None:
    with pytest.raises(
        DeliveryError, match=rf"connection refused by 127\.0\.0\.1:{free_port}; start the broker"
    ):
        greet(MqttConfig(f"mqtt://127.0.0.1:{free_port}"))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 70], ids=["unknown", "no-name"])
def test_a_name_that_nobody_knows(host: str) -> None:
    with pytest.raises(DeliveryError, match=r"no such host: .*; check the name"):
        greet(MqttConfig(f"mqtt://{host}"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(None, "No such file or directory; name the file", id="missing"),
        pytest.param("hello", "holds no certificate; name a file with certificates", id="no-certificate"),
        pytest.param("", "holds no certificate", id="empty"),
    ],
)
def test_a_wrong_file_of_authorities(tmp_path: Path, text: str | None, words: str) -> None:
    authorities = tmp_path / "ca.crt"
    if text is not None:
        authorities.write_text(text)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(DeliveryError, match=words):
            greet(MqttConfig(f"mqtts://127.0.0.1:{port}", ca_file=authorities))

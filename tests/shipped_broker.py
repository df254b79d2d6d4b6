"""The broker as we ship it, with certificates of its own, and clients that may be up to no good."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from edge.types import Message
from tests.listening import Heard

if TYPE_CHECKING:
    from paho.mqtt.client import MQTTMessage
    from paho.mqtt.reasoncodes import ReasonCode

    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto

DEBIANS = "persistence true\npersistence_location ./\n"
"""What the system's own file says, which includes ours."""

SHIPPED = Path(__file__).parents[1] / "firmware_configs" / "broker"


def certificates(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the shipped script; all that it makes lands in a folder."""
    command = [str(SHIPPED / "certificates"), *words]
    environment = {"OUT": str(folder), "PATH": "/usr/bin:/bin:/usr/local/bin"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def expired(folder: Path, name: str) -> None:
    """Make a device's certificate that was good until 2002."""
    until_2002 = f"-startdate 20010101000000Z -enddate 20020101000000Z -in {name}.csr -out {name}.crt"
    for command in (
        f"openssl req -newkey rsa:2048 -nodes -batch -keyout {name}.key -out {name}.csr -subj /CN={name}",
        f"openssl ca -batch -notext -config ca.conf {until_2002}",
    ):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


def authority(folder: Path, *devices: str, host: str = "localhost") -> None:
    """Make an authority, a broker's certificate, one of each client, and those of devices."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl: apt install openssl")
    made = [("make-ca",), ("make-broker", host), *(("make-device", name) for name in devices)]
    made += [("make-client", name) for name in ("consumer", "homeassistant", "operator")]
    for words in made:
        done = certificates(folder, *words)
        assert done.returncode == 0, done.stderr


def start_shipped(start: StartMosquitto, folder: Path) -> Mosquitto:
    """Run the shipped configuration; only its port and its paths are another's."""
    text = (SHIPPED / "mosquitto.conf").read_text(encoding="utf-8").replace("listener 8883\n", "")
    text = text.replace("/etc/mosquitto/stillwatch/acl", str(SHIPPED / "acl"))
    text = text.replace("/etc/mosquitto/stillwatch/", f"{folder}/")
    return start(DEBIANS + text)


class Peer:
    """A client with somebody's certificate, trying one thing after another.

    Attributes:
        heard: What came to it.
        answers: What the broker said to CONNECT, and why it hung up.
    """

    def __init__(
        self,
        broker: Mosquitto,
        folder: Path,
        name: str | None,
        *,
        client_id: str = "",
        username: str | None = None,
        host: str = "localhost",
        will: Message | None = None,
        remembered_s: int = 0,
    ) -> None:
        self.heard: Heard[Message] = Heard()
        self.answers: Heard[str] = Heard()
        self._subscribed: Heard[object] = Heard()
        self._client = Client(CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion.MQTTv5)
        context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
        if name is not None:
            context.load_cert_chain(folder / f"{name}.crt", folder / f"{name}.key")
        self._client.tls_set_context(context)
        if username is not None:
            self._client.username_pw_set(username)
        if will is not None:
            self._client.will_set(will.topic, will.payload, will.qos, will.retain)
        self._client.on_connect = lambda _c, _d, _f, reason, _p: self.answers.tell(str(reason))
        self._client.on_disconnect = lambda _c, _d, _f, reason, _p: self.answers.tell(f"gone: {reason}")
        self._client.on_subscribe = lambda *answer: self._subscribed.tell(answer)
        self._client.on_message = lambda _client, _data, message: self._hear(message)
        self._published: Heard[tuple[int, str]] = Heard()
        self._client.on_publish = lambda _c, _d, mid, reason, _p: self._note(mid, reason)
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it out
        session.SessionExpiryInterval = remembered_s
        self._client.connect(host, broker.port, clean_start=remembered_s == 0, properties=session)
        self._client.loop_start()

    def is_in(self) -> bool:
        """Say whether the broker let us in."""
        return self.answers.wait(bool)[0] == "Success"

    def subscribe(self, *patterns: str) -> None:
        """Subscribe, and return once that is acknowledged."""
        assert self.is_in()
        before = len(self._subscribed.all())
        self._client.subscribe([(pattern, 1) for pattern in patterns])
        self._subscribed.wait(lambda said: len(said) > before)

    def say(self, topic: str, payload: bytes = b"x", *, retain: bool = False) -> str:
        """Publish at QoS 1; return what the broker says to it."""
        assert self.is_in()
        mid = self._client.publish(topic, payload, 1, retain).mid
        return dict(self._published.wait(lambda said: mid in dict(said)))[mid]

    def vanish(self) -> None:
        """Break off without a farewell, so that the will is published."""
        sock = self._client.socket()
        assert sock is not None
        self._client.loop_stop()
        sock.close()

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()
        self._client._reset_sockets()  # noqa: SLF001 - else they are closed when the garbage is, with a warning

    def _note(self, mid: int, reason: ReasonCode) -> None:
        self._published.tell((mid, str(reason)))

    def _hear(self, message: MQTTMessage) -> None:
        self.heard.tell(Message(message.topic, bytes(message.payload), message.qos, message.retain))

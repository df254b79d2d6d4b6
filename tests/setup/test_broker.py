from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from edge.config import parse
from edge.drivers.broker_paho import Access, PahoBroker
from edge.ports import Confirmed, Connected, Note
from edge.ports.examining import Greeting
from edge.setup.broker import check_broker
from edge.setup.findings import Verdict
from edge.sim.broker import SimBroker
from edge.sim.clock import SimClock
from edge.surroundings import RealSurroundings
from edge.types import Message
from tests.certificates import certify
from tests.listening import Heard, Subscriber
from tests.shipped_broker import authority, start_shipped

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config import Config, MqttConfig
    from edge.ports import Broker
    from tests.conftest import StartMosquitto

TOPIC = "stillwatch/v1/bench1/doctor"
DAY_NS = 86_400 * 10**9


def config(url: str, mqtt: str = "") -> Config:
    text = f"""\
config = 1
[device]
id = "bench1"
[mqtt]
url = "{url}"
{mqtt}
[[camera]]
name = "shelf"
source = "/dev/video0"
"""
    return parse(text, origin="/etc/a.toml")


@dataclass(frozen=True)
class Near(RealSurroundings):
    """A broker in memory, with a certificate for so many days."""

    days: int = 100
    spoken_to: SimBroker = field(default_factory=lambda: SimBroker(topics=(TOPIC,)))

    def greet(self, mqtt: MqttConfig) -> Greeting:
        """Answer at once."""
        assert mqtt.tls
        return Greeting("10.0.0.1", self.clock.now().wall_ns + self.days * DAY_NS)

    def broker(self, config: Config, topic: str) -> Broker:
        """Give the one in memory."""
        assert topic.startswith(f"stillwatch/v1/{config.device.id}/")
        return self.spoken_to


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        pytest.param(21, Verdict.OK, id="three-weeks"),
        pytest.param(20, Verdict.WARN, id="less"),
        pytest.param(-1, Verdict.WARN, id="over"),
    ],
)
def test_a_certificate_that_expires_soon_is_warned_of(days: int, verdict: Verdict) -> None:
    away = SimBroker()
    away.leave()
    found = check_broker(config("mqtts://b.lan"), Near(SimClock(), days, away), word="w")
    assert [(f.name, f.verdict) for f in found[:2]] == [("broker", Verdict.OK), ("certificate", verdict)]
    assert f"{days} days" in found[1].text


@dataclass(frozen=True)
class Certified(Near):
    """The same, where another process may hold the state."""

    held_by: str | None = None

    def holder(self, state_dir: Path) -> str | None:
        """Say who, whatever the folder."""
        return self.held_by if state_dir.name else None


def certified(folder: Path, name: str) -> Config:
    """Return a configuration of bench1 with somebody's certificate, good for 825 days."""
    authority(folder, name)
    return config("mqtts://b.lan", f'cert_file = "{folder}/{name}.crt"\nkey_file = "{folder}/{name}.key"')


@pytest.mark.parametrize(
    ("name", "days_later", "verdict", "words"),
    [
        pytest.param("bench1", 0, Verdict.OK, "ours is for bench1, good until", id="good"),
        pytest.param("bench1", 803, Verdict.OK, "21 days", id="three-weeks"),
        pytest.param("bench1", 804, Verdict.WARN, "20 days", id="less"),
        pytest.param("bench1", 900, Verdict.WARN, "-76 days", id="over"),
        pytest.param("bench2", 0, Verdict.WARN, "take us for another device", id="anothers"),
    ],
)
def test_our_own_certificate_is_looked_at(
    tmp_path: Path, name: str, days_later: int, verdict: Verdict, words: str
) -> None:
    wanted = certified(tmp_path, name)
    near = Certified(SimClock(wall_ns=time.time_ns() + days_later * DAY_NS))
    near.spoken_to.leave()  # what it would say is not looked at, and not waited for
    (own,) = (f for f in check_broker(wanted, near, word="w") if "ours" in f.text)
    assert (own.name, own.verdict) == ("certificate", verdict)
    assert words in own.text


def test_a_device_that_is_connected_with_the_same_certificate_is_not_thrown_out(tmp_path: Path) -> None:
    near = Certified(SimClock(), held_by="process 7")
    found = check_broker(certified(tmp_path, "bench1"), near, word="w")
    assert (found[-1].name, found[-1].verdict, near.spoken_to.published) == ("mqtt", Verdict.OK, [])
    assert "not tried" in found[-1].text


def test_a_certificate_without_its_key_fails_before_anything_is_asked(tmp_path: Path) -> None:
    wanted = certified(tmp_path, "bench1")
    (tmp_path / "bench1.key").unlink()
    (found,) = check_broker(wanted, Certified(SimClock()), word="w")
    assert (found.verdict, found.code) == (Verdict.FAIL, 2)
    assert "no such file" in found.text + found.fix


def test_a_broker_that_is_away_fails() -> None:
    away = SimBroker()
    away.leave()
    found = check_broker(config("mqtts://b.lan"), Near(SimClock(), 100, away), word="w")
    assert (found[-1].verdict, found[-1].code) == (Verdict.FAIL, 6)
    assert "the broker is away (scripted)" in found[-1].text


def test_a_message_that_is_refused_fails() -> None:
    strict = SimBroker(topics=(TOPIC,))
    strict.refuses = lambda _: "Not authorized"
    found = check_broker(config("mqtts://b.lan"), Near(SimClock(), 100, strict), word="w")
    assert (found[-1].verdict, found[-1].code) == (Verdict.FAIL, 6)
    assert "may not publish and subscribe below stillwatch/v1/bench1 (Not authorized)" in found[-1].text
    assert "access list" in found[-1].fix


def test_what_is_published_does_not_stay() -> None:
    near = Near(SimClock())
    check_broker(config("mqtts://b.lan"), near, word="w")
    assert near.spoken_to.published == [Message(TOPIC, b"w", qos=1, retain=False)]


@pytest.mark.system
@pytest.mark.usefixtures("unhurried")
def test_a_device_that_runs_keeps_its_place_at_the_broker(mosquitto: StartMosquitto) -> None:
    broker = mosquitto()
    notes: Heard[Note] = Heard()
    device = PahoBroker(Access("127.0.0.1", broker.port, "bench1"))
    device.start(notes.tell)
    notes.wait(bool)
    check_broker(config(f"mqtt://127.0.0.1:{broker.port}"), RealSurroundings(), word="hello")
    token = device.publish(Message("d/x", b"1"))
    assert token is not None
    said = notes.wait(lambda said: Confirmed(token) in said)
    device.stop()
    assert said == [Connected("5"), Confirmed(token)]


@pytest.mark.system
@pytest.mark.usefixtures("unhurried")
def test_a_message_goes_there_and_back(mosquitto: StartMosquitto) -> None:
    broker = mosquitto()
    ear = Subscriber(broker.port, "stillwatch/v1/#")
    found = check_broker(config(f"mqtt://127.0.0.1:{broker.port}"), RealSurroundings(), word="hello")
    ear.heard.wait(bool)
    ear.close()
    assert [(f.name, f.verdict) for f in found] == [("broker", Verdict.OK), ("mqtt", Verdict.OK)]
    assert re.search(r"MQTT 5: let in, published and heard below .*/doctor in \d+ ms", found[1].text)
    (message,) = ear.heard.all()
    assert (message.topic, message.payload, message.retain) == (TOPIC, b"hello", False)


@pytest.mark.system
@pytest.mark.usefixtures("unhurried")
def test_an_encrypted_broker_tells_how_long_its_certificate_is_good(
    tmp_path: Path, mosquitto: StartMosquitto
) -> None:
    broker = mosquitto("allow_anonymous true\n" + certify(tmp_path, days=60))
    wanted = config(f"mqtts://localhost:{broker.port}", f'ca_file = "{tmp_path / "ca.crt"}"')
    found = check_broker(wanted, RealSurroundings(), word="hello")
    assert [(f.name, f.verdict) for f in found] == [
        ("broker", Verdict.OK),
        ("certificate", Verdict.OK),
        ("mqtt", Verdict.OK),
    ]
    assert "encrypted, its name verified" in found[0].text
    assert "59 days" in found[1].text


@pytest.mark.system
@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize(
    ("name", "verdict"),
    [pytest.param("bench1", Verdict.OK, id="its-own"), pytest.param("bench2", Verdict.FAIL, id="anothers")],
)
def test_the_broker_as_we_ship_it_lets_a_device_speak_with_its_own_certificate_only(
    tmp_path: Path, mosquitto: StartMosquitto, name: str, verdict: Verdict
) -> None:
    authority(tmp_path, name)
    broker = start_shipped(mosquitto, tmp_path)
    own = f'cert_file = "{tmp_path}/{name}.crt"\nkey_file = "{tmp_path}/{name}.key"'
    wanted = config(f"mqtts://localhost:{broker.port}", f'ca_file = "{tmp_path}/ca.crt"\n{own}')
    found = check_broker(wanted, RealSurroundings(), word="hello")
    assert (found[-1].name, found[-1].verdict) == ("mqtt", verdict)


@pytest.mark.system
@pytest.mark.usefixtures("unhurried")
def test_a_device_that_may_not_speak_is_told_which_rights_it_needs(
    tmp_path: Path, mosquitto: StartMosquitto
) -> None:
    (tmp_path / "acl").write_text("topic readwrite elsewhere/#\n")
    broker = mosquitto(f"allow_anonymous true\nacl_file {tmp_path / 'acl'}")
    found = check_broker(config(f"mqtt://127.0.0.1:{broker.port}"), RealSurroundings(), word="hello")
    assert (found[-1].name, found[-1].verdict, found[-1].code) == ("mqtt", Verdict.FAIL, 6)
    assert "allow this user to read and write stillwatch/v1/bench1/#" in found[-1].fix

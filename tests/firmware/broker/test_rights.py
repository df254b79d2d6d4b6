"""Who may say and hear what at the broker as we ship it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.types import Message
from tests.listening import until
from tests.shipped_broker import Peer, authority, certificates, expired, start_shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import StartMosquitto
    from tests.local_broker import Mosquitto

pytestmark = pytest.mark.system

OURS, THEIRS = "stillwatch/v1/bench1", "stillwatch/v1/bench2"
EVENT = "cam/shelf/event"
REFUSED = "Not authorized"
GRANTED = ("Success", "No matching subscribers")


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority and certificates of bench1, bench2 and the clients."""
    folder = tmp_path_factory.mktemp("papers")
    authority(folder, "bench1", "bench2")
    expired(folder, "old")
    return folder


@pytest.fixture
def broker(mosquitto: StartMosquitto, papers: Path) -> Mosquitto:
    """The shipped broker."""
    return start_shipped(mosquitto, papers)


@pytest.fixture
def peer(broker: Mosquitto, papers: Path) -> Iterator[Callable[..., Peer]]:
    """Connects somebody; all leave with the test."""
    peers: list[Peer] = []

    def connect(name: str | None, **how: str | Message) -> Peer:
        peers.append(Peer(broker, papers, name, **how))  # type: ignore[arg-type] # a test says how
        return peers[-1]

    yield connect
    for one in peers:
        one.close()


@pytest.mark.parametrize(
    ("who", "topic"),
    [
        pytest.param("bench1", f"{OURS}/{EVENT}", id="a-device-tells-its-events"),
        pytest.param("bench1", "homeassistant/device/stillwatch_bench1/config", id="introduces-itself"),
        pytest.param("consumer", f"{OURS}/ack/9f3a6c01", id="the-consumer-acknowledges"),
        pytest.param("consumer", f"{OURS}/nack/9f3a6c01", id="the-consumer-sends-back"),
        pytest.param("homeassistant", f"{OURS}/cam/shelf/armed/set", id="home-assistant-arms"),
        pytest.param("homeassistant", f"{OURS}/cam/shelf/accept", id="home-assistant-accepts"),
        pytest.param("homeassistant", "homeassistant/status", id="home-assistant-says-it-is-here"),
        pytest.param("operator", f"{OURS}/cmd", id="the-operator-commands"),
    ],
)
def test_may_say(peer: Callable[..., Peer], who: str, topic: str) -> None:
    assert peer(who).say(topic) in GRANTED


@pytest.mark.parametrize(
    ("who", "topic"),
    [
        pytest.param("bench1", f"{THEIRS}/{EVENT}", id="a-device-in-anothers-name"),
        pytest.param("bench1", f"{THEIRS}/status", id="a-device-cannot-declare-another-dead"),
        pytest.param("bench1", f"{THEIRS}/cmd", id="a-device-cannot-command-another"),
        pytest.param("bench1", f"{THEIRS}/ack/9f3a6c01", id="a-device-cannot-acknowledge-for-another"),
        pytest.param("bench1", f"{THEIRS}/nack/9f3a6c01", id="nor-send-it-back"),
        pytest.param("bench1", "homeassistant/device/stillwatch_bench2/config", id="anothers-introduction"),
        pytest.param("bench1", "homeassistant/device/stillwatch_bench1x/config", id="a-name-alike"),
        pytest.param("bench1", "homeassistant/status", id="a-device-is-not-home-assistant"),
        pytest.param("bench1", "elsewhere", id="a-device-stays-below-its-topic"),
        pytest.param("consumer", f"{OURS}/{EVENT}", id="the-consumer-tells-no-events"),
        pytest.param("consumer", f"{OURS}/cmd", id="the-consumer-commands-nobody"),
        pytest.param("homeassistant", f"{OURS}/ack/9f3a6c01", id="home-assistant-does-not-acknowledge"),
        pytest.param("homeassistant", f"{OURS}/cmd", id="home-assistant-does-not-command-at-large"),
        pytest.param("operator", f"{OURS}/ack/9f3a6c01", id="the-operator-does-not-acknowledge"),
        pytest.param("operator", f"{OURS}/{EVENT}", id="the-operator-tells-no-events"),
        pytest.param("operator", f"{OURS}/ota/desired", id="no-right-comes-before-what-it-is-for"),
    ],
)
def test_may_not_say(peer: Callable[..., Peer], who: str, topic: str) -> None:
    assert peer(who).say(topic) == REFUSED


def test_a_device_hears_nothing_of_another_whatever_it_subscribes_to(peer: Callable[..., Peer]) -> None:
    spy = peer("bench1")
    spy.subscribe("#", "stillwatch/v1/#", f"{THEIRS}/#", f"{OURS}/#", "homeassistant/#")
    peer("bench2").say(f"{THEIRS}/{EVENT}", b"secret", retain=True)
    peer("operator").say(f"{OURS}/cmd", b"for us")
    spy.heard.wait(bool)
    late = peer("consumer")  # what is retained is not given to a spy that comes later, either
    late.subscribe("stillwatch/v1/#")
    late.heard.wait(bool)
    assert {said.topic for said in spy.heard.all()} == {f"{OURS}/cmd"}


@pytest.mark.parametrize("who", ["consumer", "homeassistant", "operator"])
def test_hears_all_devices(peer: Callable[..., Peer], who: str) -> None:
    ear = peer(who)
    ear.subscribe("stillwatch/v1/#")
    for device in ("bench1", "bench2"):
        peer(device).say(f"stillwatch/v1/{device}/{EVENT}")
    heard = ear.heard.wait(lambda said: len(said) == 2)
    assert {said.topic for said in heard} == {f"{OURS}/{EVENT}", f"{THEIRS}/{EVENT}"}


def test_a_device_hears_when_home_assistant_has_started(peer: Callable[..., Peer]) -> None:
    device = peer("bench1")
    device.subscribe("homeassistant/status")
    peer("homeassistant").say("homeassistant/status", b"online")
    assert device.heard.wait(bool)[0].payload == b"online"


def test_a_name_that_is_claimed_counts_for_nothing(peer: Callable[..., Peer]) -> None:
    liar = peer("bench1", username="bench2")
    assert (liar.say(f"{THEIRS}/{EVENT}"), liar.say(f"{OURS}/{EVENT}") in GRANTED) == (REFUSED, True)


def test_nobody_takes_over_anothers_client_id(peer: Callable[..., Peer]) -> None:
    victim = peer("bench2", client_id="bench2")
    assert victim.is_in()
    thief = peer("bench1", client_id="bench2")
    thief.say(f"{OURS}/{EVENT}")
    victim.say(f"{THEIRS}/{EVENT}")
    assert victim.answers.all() == ["Success"]


def test_a_will_in_anothers_name_is_not_executed(peer: Callable[..., Peer]) -> None:
    ear = peer("consumer")
    ear.subscribe("stillwatch/v1/#")
    liar = peer("bench1", will=Message(f"{THEIRS}/status", b"offline", qos=1, retain=True))
    if liar.is_in():
        liar.vanish()
    peer("bench2").say(f"{THEIRS}/{EVENT}")
    ear.heard.wait(bool)
    assert {said.topic for said in ear.heard.all()} == {f"{THEIRS}/{EVENT}"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(None, id="no-certificate"), pytest.param("old", id="expired-certificate")],
)
def test_is_not_let_in(peer: Callable[..., Peer], name: str | None) -> None:
    assert not peer(name).is_in()


def test_somebody_whom_another_authority_vouches_for_is_not_let_in(
    broker: Mosquitto, papers: Path, tmp_path: Path
) -> None:
    authority(tmp_path, "bench1")
    (tmp_path / "ca.crt").write_bytes((papers / "ca.crt").read_bytes())  # the broker is believed
    stranger = Peer(broker, tmp_path, "bench1")
    assert not stranger.is_in()
    stranger.close()


def test_a_revoked_certificate_is_not_let_in(mosquitto: StartMosquitto, tmp_path: Path) -> None:
    authority(tmp_path, "bench1", "bench2")
    for kind in ("crt", "key"):
        (tmp_path / f"stolen.{kind}").write_bytes((tmp_path / f"bench1.{kind}").read_bytes())
    assert certificates(tmp_path, "revoke", "bench1").returncode == 0
    broker = start_shipped(mosquitto, tmp_path)
    stolen, honest = Peer(broker, tmp_path, "stolen"), Peer(broker, tmp_path, "bench2")
    assert (stolen.is_in(), honest.is_in()) == (False, True)
    stolen.close()
    honest.close()


def test_of_a_device_whose_certificate_was_renewed_the_old_one_is_revoked_too(
    mosquitto: StartMosquitto, tmp_path: Path
) -> None:
    authority(tmp_path, "bench1", "bench1x")
    for kind in ("crt", "key"):
        (tmp_path / f"bench1.{kind}").rename(tmp_path / f"old.{kind}")
    assert certificates(tmp_path, "make-device", "bench1").returncode == 0
    for kind in ("crt", "key"):
        (tmp_path / f"new.{kind}").write_bytes((tmp_path / f"bench1.{kind}").read_bytes())
    assert certificates(tmp_path, "revoke", "bench1").returncode == 0
    broker = start_shipped(mosquitto, tmp_path)
    peers = [Peer(broker, tmp_path, name) for name in ("old", "new", "bench1x")]
    assert [peer.is_in() for peer in peers] == [False, False, True]
    for peer in peers:
        peer.close()


@pytest.mark.slow
def test_for_somebody_who_is_away_no_more_is_kept_than_a_broker_has_room_for(
    broker: Mosquitto, papers: Path, peer: Callable[..., Peer]
) -> None:
    away = Peer(broker, papers, "consumer", remembered_s=3600)
    away.subscribe("stillwatch/v1/#")
    away.close()
    thief = peer("bench1")
    for _ in range(300):
        thief.say(f"{OURS}/{EVENT}", bytes(250_000))
    broker.stop()
    kept = sum(file.stat().st_size for file in broker.folder.glob("*.db"))
    assert 60_000_000 < kept < 70_000_000


def test_what_was_acknowledged_is_known_after_a_restart(broker: Mosquitto, peer: Callable[..., Peer]) -> None:
    peer("consumer").say(f"{OURS}/ack/9f3a6c01", b'{"seq":5}', retain=True)
    broker.stop()
    broker.start()
    device = peer("bench1")
    device.subscribe(f"{OURS}/ack/+")
    until(device.heard.all)
    assert device.heard.all()[0].payload == b'{"seq":5}'

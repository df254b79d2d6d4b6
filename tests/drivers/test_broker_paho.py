from __future__ import annotations

import random
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.drivers.broker_paho import Access, PahoBroker, Tls
from edge.ports import Confirmed, Connected, Disconnected, Note, Refused
from edge.types import Message
from tests.certificates import certify
from tests.listening import PATIENCE_S, Heard, Subscriber, until
from tests.shipped_broker import authority, expired, start_shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from paho.mqtt.client import MQTTMessage

    from tests.conftest import StartMosquitto

HOST = "127.0.0.1"
SECRET = "hunter2"  # noqa: S105 - that is the point of the test
CONNECT = 0x10
CONNACK_5 = b"\x20\x03\x00\x00\x00"
CONNACK_3 = b"\x20\x02\x00\x00"
REFUSED_VERSION = b"\x20\x02\x00\x01"


def test_a_password_is_never_shown() -> None:
    assert SECRET not in repr(Access(HOST, 1, "device", password=SECRET))


@contextmanager
def running(access: Access, topics: Sequence[str] = ()) -> Iterator[tuple[PahoBroker, Heard[Note]]]:
    """Run a device's end, with hardly a pause between connections."""
    notes: Heard[Note] = Heard()
    device = PahoBroker(access, topics=topics, dice=lambda: 0.01)
    device.start(notes.tell)
    try:
        yield device, notes
    finally:
        device.stop()


def refusals(said: list[Note]) -> list[str]:
    """Return the reasons of all disconnections."""
    return [note.reason for note in said if isinstance(note, Disconnected)]


@contextmanager
def listening(answer: Callable[[bytes], bytes | None]) -> Iterator[tuple[int, list[bytes]]]:
    """Run a broker that gives one answer to CONNECT; ``None`` closes the connection."""
    asked: list[bytes] = []
    with socket.create_server((HOST, 0)) as server:
        server.settimeout(0.05)
        over = threading.Event()

        def serve() -> None:
            held = []
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                connection.settimeout(PATIENCE_S)
                asked.append(connection.recv(1024))
                said = answer(asked[-1])
                if said is None:
                    connection.close()
                else:
                    connection.sendall(said)
                    held.append(connection)
            for connection in held:
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], asked
        finally:
            over.set()
            thread.join()


@contextmanager
def speaking(words: bytes, *, keepalive_s: int = 30) -> Iterator[Access]:
    """Run a broker that says this in answer to CONNECT, whatever it is asked."""
    with listening(lambda _: words) as (port, _):
        yield Access(HOST, port, "device", protocol="5", keepalive_s=keepalive_s)


@pytest.mark.system
def test_a_device_is_known_by_its_certificate(tmp_path: Path, mosquitto: StartMosquitto) -> None:
    authority(tmp_path, "bench1")
    broker = start_shipped(mosquitto, tmp_path)
    own = [str(tmp_path / name) for name in ("ca.crt", "bench1.crt", "bench1.key")]
    with running(Access("localhost", broker.port, "bench1", tls=Tls(*own))) as (device, notes):
        notes.wait(bool)
        ours = device.publish(Message("stillwatch/v1/bench1/status", b"online"))
        theirs = device.publish(Message("stillwatch/v1/bench2/status", b"offline"))
        assert (ours, theirs) != (None, None)
        said = notes.wait(lambda said: len(said) == 3)
    assert said == [
        Connected("5"),
        Confirmed(ours or 0),
        Refused(theirs or 0, "Not authorized", forbidden=True),
    ]


@pytest.mark.system
@pytest.mark.parametrize(
    ("name", "advice"),
    [
        pytest.param(None, "check mqtt.cert_file (the broker may want a certificate of us)", id="none"),
        pytest.param("old", "check mqtt.cert_file (its date, and whether the broker", id="expired"),
    ],
)
def test_a_broker_that_hangs_up_without_a_word_may_not_believe_us(
    tmp_path: Path, mosquitto: StartMosquitto, name: str | None, advice: str
) -> None:
    authority(tmp_path)
    expired(tmp_path, "old")
    broker = start_shipped(mosquitto, tmp_path)
    own = [] if name is None else [str(tmp_path / f"{name}.{kind}") for kind in ("crt", "key")]
    tls = Tls(str(tmp_path / "ca.crt"), *own)
    with running(Access("localhost", broker.port, "old", tls=tls)) as (_, notes):
        assert advice in refusals(notes.wait(refusals))[0]


def version_of(connect: bytes) -> int:
    """Return the protocol level in a CONNECT packet."""
    assert connect[0] == CONNECT
    return connect[connect.index(b"MQTT") + 4]


def test_where_nobody_listens_the_reason_says_so(free_port: int) -> None:
    with running(Access(HOST, free_port, "device")) as (_, notes):
        said = notes.wait(lambda said: len(refusals(said)) >= 2)
    assert f"{HOST}:{free_port}" in refusals(said)[0]
    assert "refused" in refusals(said)[0]


def test_an_unknown_host_is_a_reason_too() -> None:
    with running(Access("no-such-host.invalid", 1883, "device", protocol="5")) as (_, notes):
        said = notes.wait(refusals)
    assert "no-such-host.invalid" in refusals(said)[0]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda asked: b"" if version_of(asked) == 5 else CONNACK_3, id="never-answers-5"),
        pytest.param(lambda asked: None if version_of(asked) == 5 else CONNACK_3, id="hangs-up-on-5"),
        pytest.param(lambda asked: REFUSED_VERSION if version_of(asked) == 5 else CONNACK_3, id="refuses-5"),
    ],
)
def test_a_broker_that_does_not_speak_5_is_spoken_to_in_3(answer: Callable[[bytes], bytes | None]) -> None:
    with listening(answer) as (port, asked), running(Access(HOST, port, "device")) as (_, notes):
        said = notes.wait(bool)
        assert said == [Connected("3.1.1")]
        assert [version_of(connect) for connect in asked] == [5, 4]


def test_a_broker_that_never_spoke_5_is_not_asked_again() -> None:
    then_nonsense = CONNACK_3 + b"\xf0\x00"  # taken, and soon lost
    with listening(lambda asked: None if version_of(asked) == 5 else then_nonsense) as (port, asked):
        with running(Access(HOST, port, "device")) as (_, notes):
            notes.wait(lambda said: sum(isinstance(note, Connected) for note in said) >= 3)
        assert [version_of(connect) for connect in asked[:4]] == [5, 4, 4, 4]


def test_a_version_that_was_chosen_is_the_only_one_asked_for() -> None:
    with listening(lambda _: None) as (port, asked):
        with running(Access(HOST, port, "device", protocol="5")) as (_, notes):
            notes.wait(lambda said: len(refusals(said)) >= 3)
        assert {version_of(connect) for connect in asked} == {5}
    with listening(lambda _: None) as (port, asked):
        with running(Access(HOST, port, "device", protocol="3.1.1")) as (_, notes):
            notes.wait(lambda said: len(refusals(said)) >= 3)
        assert {version_of(connect) for connect in asked} == {4}


def test_a_broker_that_never_answers_is_given_up_and_ending_does_not_wait() -> None:
    silence = listening(lambda _: b"")
    with silence as (port, _), running(Access(HOST, port, "device", protocol="5")) as (_, notes):
        said = notes.wait(refusals)
    assert "no answer to CONNECT" in refusals(said)[0]


@pytest.mark.parametrize("seed", range(20))
def test_an_answer_that_is_not_mqtt_is_survived(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test's own dice
    start = dice.choice([b"", CONNACK_3, CONNACK_5])
    garbage = start + dice.randbytes(dice.randrange(1, 300))
    with speaking(garbage, keepalive_s=1) as access, running(access) as (_, notes):
        notes.wait(lambda said: len(refusals(said)) >= 2)


def test_a_broker_that_shows_us_the_door_is_quoted_with_what_to_do() -> None:
    taken_over = CONNACK_5 + b"\xe0\x02\x8e\x00"
    with speaking(taken_over) as access, running(access) as (_, notes):
        told = "Session taken over: another client has the same device id; give each"
        notes.wait(lambda said: any(told in reason for reason in refusals(said)))


ANY_VERSION: list[Literal["auto", "5", "3.1.1"]] = ["auto", "5", "3.1.1"]


@pytest.mark.system
@pytest.mark.parametrize("protocol", ANY_VERSION)
def test_a_wrong_password_is_told_with_what_to_do_and_without_the_password(
    mosquitto: StartMosquitto, protocol: Literal["auto", "5", "3.1.1"]
) -> None:
    broker = mosquitto("allow_anonymous false")
    access = Access(HOST, broker.port, "device", "someone", SECRET, protocol=protocol)
    with running(access) as (device, notes):
        said = notes.wait(lambda said: len(refusals(said)) >= 2)
        assert device.publish(Message("d/x", b"1")) is None
    assert "check mqtt.username, mqtt.password_file" in refusals(said)[0]
    assert SECRET not in str(said)


@pytest.mark.system
def test_a_device_is_let_in_once_the_broker_knows_it(mosquitto: StartMosquitto) -> None:
    broker = mosquitto("allow_anonymous false")
    with running(Access(HOST, broker.port, "device", "someone", SECRET)) as (_, notes):
        notes.wait(refusals)
        broker.kill()
        configuration = broker.folder / "mosquitto.conf"
        configuration.write_text(configuration.read_text().replace("anonymous false", "anonymous true"))
        broker.start()
        notes.wait(lambda said: Connected("5") in said)


@pytest.mark.system
def test_a_message_that_may_not_be_published_is_refused(mosquitto: StartMosquitto, tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic readwrite d/#\n")
    broker = mosquitto(f"allow_anonymous true\nacl_file {tmp_path / 'acl'}")
    with running(Access(HOST, broker.port, "device")) as (device, notes):
        notes.wait(bool)
        token = device.publish(Message("elsewhere", b"1"))
        assert token is not None
        notes.wait(lambda said: Refused(token, "Not authorized", forbidden=True) in said)


# When the handshake fails, paho leaves its socket to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.system
def test_only_a_broker_that_proves_who_it_is_is_spoken_to(mosquitto: StartMosquitto, tmp_path: Path) -> None:
    broker = mosquitto("allow_anonymous true\n" + certify(tmp_path))
    trusted = Tls(ca_file=str(tmp_path / "ca.crt"))
    with running(Access("localhost", broker.port, "device", tls=trusted)) as (_, notes):
        assert notes.wait(bool) == [Connected("5")]
    with running(Access(HOST, broker.port, "device", tls=trusted)) as (_, notes):
        assert (
            "IP address mismatch" in refusals(notes.wait(refusals))[0]
        )  # the certificate names another host
    with running(Access("localhost", broker.port, "device", tls=Tls())) as (_, notes):
        assert "certificate verify failed" in refusals(notes.wait(refusals))[0]  # nobody vouches for it


def test_a_file_of_authorities_that_is_missing_is_a_reason(free_port: int) -> None:
    tls = Tls(ca_file="/no/such/file")
    with running(Access(HOST, free_port, "device", tls=tls)) as (_, notes):
        assert "No such file" in refusals(notes.wait(refusals))[0]


@pytest.mark.system
def test_a_message_larger_than_the_broker_takes_is_refused_and_the_connection_stays(
    mosquitto: StartMosquitto,
) -> None:
    broker = mosquitto("allow_anonymous true\nmax_packet_size 20000")
    with running(Access(HOST, broker.port, "device")) as (device, notes):
        notes.wait(bool)
        large, small = device.publish(Message("d/x", bytes(30000))), device.publish(Message("d/x", b"1"))
        assert large is not None
        assert small is not None
        said = notes.wait(lambda said: Confirmed(small) in said)
    assert [note.token for note in said if isinstance(note, Refused)] == [large]


@pytest.mark.system
def test_when_the_connection_breaks_the_will_is_published(mosquitto: StartMosquitto) -> None:
    broker = mosquitto()
    ear = Subscriber(broker.port, "d/status")
    access = Access(HOST, broker.port, "device", will=Message("d/status", b"offline", retain=True))
    with running(access) as (_, notes):
        notes.wait(bool)
        with running(Access(HOST, broker.port, "device")) as (_, others):  # takes its place
            others.wait(bool)
            notes.wait(refusals)
    ear.heard.wait(bool)
    ear.close()
    assert ear.heard.all()[0].payload == b"offline"


@pytest.mark.system
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_two_devices_with_one_id_are_found_out(
    mosquitto: StartMosquitto, protocol: Literal["5", "3.1.1"]
) -> None:
    access = Access(HOST, mosquitto().port, "device", protocol=protocol)

    def found_out(said: list[Note]) -> list[str]:
        return [note.reason for note in said if isinstance(note, Disconnected) and note.taken_over]

    with running(access) as (_, notes):
        notes.wait(bool)
        with running(access) as (_, rivals):
            said = found_out(notes.wait(found_out)) + found_out(rivals.wait(found_out))
    assert all("give each device an id of its own" in reason for reason in said)


@pytest.mark.system
def test_a_broker_that_is_restarted_often_is_no_second_device(mosquitto: StartMosquitto) -> None:
    broker = mosquitto()
    with running(Access(HOST, broker.port, "device", protocol="3.1.1")) as (_, notes):
        for life in range(1, 6):
            notes.wait(lambda said: said.count(Connected("3.1.1")) >= life)  # noqa: B023 - used at once
            heard = len(notes.all())
            broker.kill()
            notes.wait(lambda said: "refused" in str(refusals(said[heard:])))  # noqa: B023 - used at once
            broker.start()
        said = notes.wait(lambda said: said.count(Connected("3.1.1")) >= 6)
    assert not [note for note in said if isinstance(note, Disconnected) and note.taken_over]


@pytest.mark.system
def test_over_mqtt_5_a_message_carries_its_attributes_and_its_type(mosquitto: StartMosquitto) -> None:
    broker = mosquitto()
    heard: Heard[MQTTMessage] = Heard()
    ear = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    ready = threading.Event()
    ear.on_subscribe = lambda *_: ready.set()
    ear.on_message = lambda _client, _data, message: heard.tell(message)
    ear.connect(HOST, broker.port)
    ear.loop_start()
    ear.subscribe("d/#")
    assert ready.wait(PATIENCE_S)
    notes: Heard[Note] = Heard()
    device = PahoBroker(Access(HOST, broker.port, "device"), attributes=lambda _: {"specversion": "1.0"})
    device.start(notes.tell)
    notes.wait(bool)
    device.publish(Message("d/x", b"{}"))
    (message,) = heard.wait(bool)
    device.stop()
    ear.disconnect()
    ear.loop_stop()
    assert message.properties is not None
    said = message.properties.json()  # type: ignore[no-untyped-call] # paho's
    assert said == {"ContentType": "application/json", "UserProperty": [("specversion", "1.0")]}


@pytest.mark.system
def test_the_demonstrations_broker_is_spoken_to_and_ends_with_its_parent(free_port: int) -> None:
    pytest.importorskip("amqtt", reason="needs amqtt: pip install '.[demo]'")
    command = [sys.executable, "-m", "edge.demo.broker", "--port", str(free_port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT) as broker:
        until(lambda: answers(free_port))
        with running(Access(HOST, free_port, "device")) as (device, notes):
            notes.wait(lambda said: Connected("3.1.1") in said)
            token = device.publish(Message("d/x", b"1"))
            assert token is not None
            notes.wait(lambda said: Confirmed(token) in said)
        said, _ = broker.communicate(timeout=PATIENCE_S)  # closes its standard input
    assert (broker.returncode, said) == (0, b"")


def answers(port: int) -> bool:
    """Return whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0

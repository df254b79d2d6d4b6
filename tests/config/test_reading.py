from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import Config, ModelConfig, Source, SourceKind, load, parse
from edge.core.limits import Limits
from edge.errors import ConfigError

SMALLEST = """\
config = 1
[device]
id = "bench1"
[mqtt]
url = "mqtt://localhost"
[[camera]]
name = "shelf"
source = "/dev/video0"
"""

WHOLE = """\
config = 1
[device]
id = "bench1"
state_dir = "state"
[mqtt]
url = "mqtts://broker.lan:8884"
username = "bench1"
password_file = "/run/credentials/mqtt"
ca_file = "ca.pem"
cert_file = "device.crt"
key_file = "device.key"
protocol = "3.1.1"
late_after_s = 30
allow_plain = false
outbox_mb = 32
confirm = "consumer"
images = ["reference", "change"]
discovery_prefix = "home/hass"
[model]
bundle = "my-model"
threads = 2
[[camera]]
name = "shelf"
source = "v4l2:/dev/video0"
fps = 4
[camera.detect]
min_change_px = 10
sensitivity = 0.75
confirm = "4/6"
clear_s = 5
update_every_s = 30
persist_after_s = 120
absorb = "24h"
max_shift_px = 8
learn_s = 15.5
[[camera]]
name = "door"
source = "rtsp://joe:secret@cam.lan/1"
"""


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(text, origin="/etc/a.toml")
    return caught.value.faults


def only_fault(text: str) -> str:
    (fault,) = faults(text)
    return fault


def with_mqtt(line: str) -> str:
    return SMALLEST.replace("[mqtt]\n", f"[mqtt]\n{line}\n")


def with_camera(line: str) -> str:
    return SMALLEST + line + "\n"


def with_detect(line: str) -> str:
    return with_camera(f"fps = 10\n[camera.detect]\n{line}")


def test_a_whole_file_is_read_as_written() -> None:
    config = parse(WHOLE, origin="/etc/stillwatch/config.toml")
    assert config.device.id == "bench1"
    assert config.device.state_dir == Path("/etc/stillwatch/state")
    assert (config.mqtt.host, config.mqtt.port, config.mqtt.tls) == ("broker.lan", 8884, True)
    assert config.mqtt.password_file == Path("/run/credentials/mqtt")
    assert config.mqtt.ca_file == Path("/etc/stillwatch/ca.pem")
    assert config.mqtt.cert_file == Path("/etc/stillwatch/device.crt")
    assert config.mqtt.key_file == Path("/etc/stillwatch/device.key")
    assert (config.mqtt.protocol, config.mqtt.late_after_s, config.mqtt.outbox_mb) == ("3.1.1", 30.0, 32)
    assert config.mqtt.confirm == "consumer"
    assert config.mqtt.images == ("change", "reference")
    assert config.mqtt.discovery_prefix == "home/hass"
    assert config.model == ModelConfig("network", Path("/etc/stillwatch/my-model"), 2)
    shelf, door = config.cameras
    assert shelf.source == Source(SourceKind.DEVICE, "/dev/video0")
    assert shelf.detect == Limits(10, 0.75, (4, 6), 5.0, 30.0, 120.0, 86_400.0, 8.0, 15.5)
    assert (shelf.fps, door.fps, door.detect) == (4.0, 2.0, Limits())


def test_what_is_left_out_has_a_sensible_value() -> None:
    config = parse(SMALLEST, origin="/etc/a.toml")
    assert (config.mqtt.port, config.mqtt.tls, config.mqtt.protocol) == (1883, False, "auto")
    assert config.mqtt.confirm == "broker"
    assert (config.mqtt.username, config.mqtt.password_file, config.mqtt.ca_file) == (None, None, None)
    assert config.cameras[0].detect == Limits()
    assert config.model == ModelConfig("network", None, None)


def test_nobody_has_to_be_found_by_home_assistant() -> None:
    config = parse(with_mqtt('discovery_prefix = ""'), origin="/etc/a.toml")
    assert config.mqtt.discovery_prefix == ""


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        pytest.param(
            with_mqtt("pasword_file = 'x'"), ":5: mqtt.pasword_file", '"password_file"', id="misspelt"
        ),
        pytest.param(
            with_mqtt("password = 'x'"), ":5: mqtt.password", "password_file", id="secret-in-the-file"
        ),
        pytest.param(with_mqtt("site = 'a'"), ":5: mqtt.site", "not supported", id="key-of-a-later-version"),
        pytest.param(
            with_mqtt("late_after_s = 0"), ":5: mqtt.late_after_s = 0", "1 to 86400 s", id="too-small"
        ),
        pytest.param(with_mqtt("late_after_s = nan"), "= nan", "1 to 86400", id="not-a-number"),
        pytest.param(with_mqtt("late_after_s = true"), "= true", "1 to 86400", id="a-flag-is-no-number"),
        pytest.param(with_mqtt("outbox_mb = 1.5"), "= 1.5", "whole number", id="no-fractions"),
        pytest.param(with_mqtt("images = ['heat']"), "mqtt.images", '"heatmap"', id="unknown-picture"),
        pytest.param(with_mqtt("images = 'change'"), "mqtt.images", "a list", id="a-word-is-no-list"),
        pytest.param(
            with_mqtt("discovery_prefix = 'a/#'"), '= "a/#"', "letters", id="a-wildcard-is-no-place"
        ),
        pytest.param(with_mqtt("discovery_prefix = false"), "discovery_prefix", "text", id="no-is-no-text"),
        pytest.param(with_mqtt("username = ''"), "mqtt.username", "1 to", id="an-empty-name-is-no-name"),
        pytest.param(with_mqtt("protocol = '3.1'"), '= "3.1"', '"3.1.1"', id="nearest-word"),
        pytest.param(with_mqtt("confirm = 'nobody'"), '= "nobody"', '"consumer"', id="whose-word-counts"),
        pytest.param(with_mqtt("protocol = 5"), "= 5", '"5"', id="words-need-quotes"),
        pytest.param(with_mqtt("allow_plain = 'yes'"), '= "yes"', "true or false", id="flags-have-no-quotes"),
        pytest.param(with_mqtt("password_file = 'x'"), "password_file", "username", id="password-of-nobody"),
        pytest.param(with_mqtt("cert_file = 'x'"), "cert_file", "write key_file too", id="no-key"),
        pytest.param(with_mqtt("key_file = 'x'"), "key_file", "write cert_file too", id="no-certificate"),
        pytest.param(
            with_mqtt("cert_file = 'x'\nkey_file = 'y'"), "cert_file", "use mqtts://", id="shown-to-nobody"
        ),
        pytest.param(
            SMALLEST.replace("bench1", "Bench 1"), ':3: device.id = "Bench 1"', "a-z", id="device-id"
        ),
        pytest.param(
            SMALLEST.replace("shelf", "../x"), ':7: camera[0].name = "../x"', "a-z", id="camera-name"
        ),
        pytest.param(
            SMALLEST.replace("config = 1", "config = 2"), ":1: config = 2", "config = 1", id="schema"
        ),
        pytest.param(SMALLEST.replace("config = 1", ""), "a.toml: config", "config = 1", id="no-schema"),
        pytest.param(
            SMALLEST.replace("config = 1", "config = true"), ":1: config", "config = 1", id="true-is-not-1"
        ),
        pytest.param(with_camera("fps = 100"), ":9: camera[0].fps = 100", "0.1 to 30", id="fps"),
        pytest.param(with_camera("fps = '2'"), 'fps = "2"', "a number", id="a-number-in-quotes"),
        pytest.param(with_camera("[runtime]"), ":9: runtime", "not supported", id="later-table"),
        pytest.param(
            with_camera("[model]\nmethod = 'net'"), ':10: model.method = "net"', '"network"', id="method"
        ),
        pytest.param(
            with_camera("[model]\nthreads = 0"), ":10: model.threads = 0", "from 1 to 64", id="no-thread"
        ),
        pytest.param(
            with_camera("[model]\nmethod = 'difference'\nbundle = 'x'"),
            ":11: model.bundle",
            "remove it",
            id="a-bundle-for-no-network",
        ),
        pytest.param(with_camera("[camra]"), ":9: camra", '"camera"', id="misspelt-table"),
        pytest.param(
            with_camera("[[camera]]\nname = 'shelf'\nsource = 'dir:x'"), ":10:", "own", id="same-name"
        ),
        pytest.param(
            with_camera("[[camera]]\nsource = 'dir:x'"), ":9: camera[1].name", "missing", id="no-name"
        ),
        pytest.param(
            with_camera("[[camera]]\nname = 'x'"), ":9: camera[1].source", "missing", id="no-source"
        ),
        pytest.param(
            SMALLEST.replace("[[camera]]", "[camera]"), ":6: camera", "two brackets", id="one-bracket"
        ),
        pytest.param(SMALLEST[: SMALLEST.index("[[")], "a.toml: camera", "1 to 64", id="no-camera"),
        pytest.param(SMALLEST.replace("/dev/video0", "sim:shelf"), ":8:", "demo", id="simulated-camera"),
        pytest.param(
            SMALLEST.replace("/dev/video0", "clip.mp4"), ":8:", "file:clip.mp4", id="recording-by-path"
        ),
        pytest.param(
            with_detect("confirm = '5/3'"), ':11: camera[0].detect.confirm = "5/3"', "M/N", id="m-over-n"
        ),
        pytest.param(with_detect("confirm = '0/3'"), '= "0/3"', "M/N", id="no-looks"),
        pytest.param(with_detect("confirm = '3/101'"), '= "3/101"', "M/N", id="too-many-looks"),
        pytest.param(with_detect("absorb = '24'"), '= "24"', '"24h"', id="a-time-needs-a-unit"),
        pytest.param(with_detect("absorb = '0m'"), '= "0m"', '"1m"', id="absorbed-at-once"),
        pytest.param(with_detect("absorb = '400d'"), '= "400d"', '"365d"', id="absorbed-after-a-year"),
        pytest.param(with_detect("min_change_px = 2"), "= 2", "3 to 500 pixels", id="too-small-a-change"),
        pytest.param(with_detect("sensitivity = 1.1"), "= 1.1", "0 to 1", id="sensitivity"),
        pytest.param(
            with_detect("'a\\u001bb' = 1".replace("'", '"')), r"'a\x1bb'", "unknown", id="escape-codes"
        ),
    ],
)
def test_a_fault_tells_place_value_and_remedy(text: str, place: str, words: str) -> None:
    fault = only_fault(text)
    assert fault.startswith("/etc/a.toml")
    assert place in fault
    assert words in fault


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("mqtt://broker.lan", "allow_plain = true", id="plain-text-over-the-network"),
        pytest.param("mqtts://joe:geheim@broker.lan", "password_file", id="password-in-the-url"),
        pytest.param("http://broker.lan", "mqtts://HOST", id="another-protocol"),
        pytest.param("broker.lan", "mqtts://HOST", id="no-scheme"),
        pytest.param("mqtts://", "mqtts://HOST", id="no-host"),
        pytest.param("mqtts://broker:99999", "mqtts://HOST", id="port-out-of-range"),
        pytest.param("mqtts://broker:0", "mqtts://HOST", id="port-zero"),
        pytest.param("mqtts://[::1", "mqtts://HOST", id="half-an-address"),
        pytest.param("mqtts://broker/topic", "mqtts://HOST", id="a-path"),
    ],
)
def test_a_wrong_broker_url_is_explained_without_its_password(url: str, words: str) -> None:
    fault = only_fault(SMALLEST.replace("mqtt://localhost", url))
    assert ":5: mqtt.url" in fault
    assert words in fault
    assert "geheim" not in fault


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('url = "mqtt://localhost"', id="localhost"),
        pytest.param('url = "mqtt://127.0.0.1:1884"', id="address-of-this-machine"),
        pytest.param('url = "mqtt://[::1]"', id="ipv6-address-of-this-machine"),
        pytest.param('url = "mqtt://broker.lan"\nallow_plain = true', id="by-express-wish"),
    ],
)
def test_plain_mqtt_is_for_this_machine_or_by_express_wish(line: str) -> None:
    text = SMALLEST.replace('url = "mqtt://localhost"', line)
    assert not parse(text, origin="a").mqtt.tls


@pytest.mark.parametrize(
    ("fps", "confirm", "words"),
    [
        pytest.param(1.5, "3/5", None, id="exactly-two-seconds"),
        pytest.param(1.4, "3/5", ("2.14286 s", "1.5", '"2/5"'), id="slower-than-promised"),
        pytest.param(0.5, "1/1", None, id="one-look-in-two-seconds"),
        pytest.param(0.4, "1/1", ("2.5 s", "raise fps to 0.5"), id="no-confirm-fits"),
        pytest.param(10.0, "21/30", ("2.1 s", "10.5", '"20/30"'), id="too-many-looks"),
    ],
)
def test_confirm_must_fit_into_two_seconds(fps: float, confirm: str, words: tuple[str, ...] | None) -> None:
    text = with_camera(f"fps = {fps}\n[camera.detect]\nconfirm = '{confirm}'")
    if words is None:
        assert parse(text, origin="a").cameras[0].fps == fps
    else:
        fault = only_fault(text)
        assert all(word in fault for word in words)


def test_all_faults_are_found_at_once_from_the_top_down() -> None:
    text = with_mqtt("outbox_mb = 0") + "fps = 0\n[camera.detect]\nclear_s = -1\nabsorb = 3\n[extra]\n"
    lines = [int(fault.split(":")[1]) for fault in faults(text)]
    assert lines == [5, 10, 12, 13, 14]


def test_faults_are_in_the_order_of_the_file_whatever_is_read_first() -> None:
    camera, mqtt = "[[camera]]\nname = 'X'\nsource = 'dir:x'\n", "[mqtt]\nurl = 'x'\n"
    lines = [
        int(fault.split(":")[1]) for fault in faults("config = 1\n" + camera + mqtt + "[device]\nid = 'a'")
    ]
    assert lines == [3, 6]


@pytest.mark.parametrize(
    ("line", "attribute", "value"),
    [
        pytest.param("sensitivity = 0", "sensitivity", 0.0, id="lowest-number"),
        pytest.param("sensitivity = 1", "sensitivity", 1.0, id="highest-number"),
        pytest.param("min_change_px = 3", "min_change_px", 3, id="lowest-whole-number"),
        pytest.param("min_change_px = 500", "min_change_px", 500, id="highest-whole-number"),
        pytest.param("absorb = '1m'", "absorb_s", 60.0, id="shortest-time"),
        pytest.param("absorb = '365d'", "absorb_s", 31_536_000.0, id="longest-time"),
        pytest.param("absorb = 'never'", "absorb_s", None, id="never"),
        pytest.param("confirm = '1/100'", "confirm", (1, 100), id="fewest-of-most-looks"),
    ],
)
def test_bounds_are_allowed(line: str, attribute: str, value: object) -> None:
    limits = parse(with_detect(line), origin="a").cameras[0].detect
    assert getattr(limits, attribute) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("config = 1\n[mqtt\n", "/etc/a.toml:2:", id="open-bracket"),
        pytest.param("config = 1\nconfig = 1\n", "/etc/a.toml:2:", id="a-key-twice"),
        pytest.param("x = " + "[" * 5000, "/etc/a.toml", id="nested-without-end"),
        pytest.param("x = " + "9" * 5000, "/etc/a.toml", id="a-number-without-end"),
        pytest.param("#" * 300_000, "/etc/a.toml", id="too-long"),
    ],
)
def test_text_that_is_not_toml_says_where(text: str, place: str) -> None:
    assert only_fault(text).startswith(place)


def test_a_huge_number_is_a_fault_like_any_other() -> None:
    assert "a huge number" in only_fault(with_mqtt("late_after_s = 0x" + "f" * 10_000))


@given(st.text(max_size=200))
def test_no_text_crashes_the_reader(text: str) -> None:
    with pytest.raises(ConfigError):
        parse(text, origin="a")


tokens = st.sampled_from(
    [
        *WHOLE.split(),
        *WHOLE.splitlines(keepends=True),
        "\n",
        '"',
        "'''",
        "[",
        "]",
        "{",
        "}",
        ",",
        "1e400",
        "-1",
    ]
)


@given(st.lists(tokens, max_size=40).map(" ".join))
def test_no_shuffled_configuration_crashes_the_reader(text: str) -> None:
    try:
        read = parse(text, origin="a")
    except ConfigError as error:
        assert error.faults  # noqa: PT017 - either outcome is right; this is what the second must hold
    else:
        assert isinstance(read, Config)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode())
    assert load(path).device.id == "bench1"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "no such file", id="missing"),
        pytest.param(b"config = 1\n# \xff\n", ":2: not UTF-8", id="another-encoding"),
        pytest.param(b"#" * 300_000, "longer than", id="endless"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "config.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from edge.config import MqttConfig
from edge.config.certificate import days_left, own_certificate
from edge.errors import ConfigError
from tests.shipped_broker import authority, certificates

if TYPE_CHECKING:
    from pathlib import Path

DAY_NS = 86_400 * 10**9


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with certificates of bench1 and bench2."""
    folder = tmp_path_factory.mktemp("papers")
    authority(folder, "bench1", "bench2")
    return folder


def mqtt(cert_file: Path, key_file: Path) -> MqttConfig:
    """Return a configuration that names a certificate."""
    return MqttConfig("mqtts://b.lan", cert_file=cert_file, key_file=key_file)


def refused(config: MqttConfig) -> str:
    """Return what is said of a certificate that cannot be used."""
    with pytest.raises(ConfigError) as caught:
        own_certificate(config)
    return str(caught.value)


def test_who_has_no_certificate_shows_none() -> None:
    assert own_certificate(MqttConfig("mqtts://b.lan")) is None


def test_a_certificate_names_the_device_and_says_how_long_it_is_good(papers: Path) -> None:
    own = own_certificate(mqtt(papers / "bench1.crt", papers / "bench1.key"))
    assert own is not None
    began = subprocess.run(
        ["openssl", "x509", "-in", papers / "bench1.crt", "-noout", "-checkend", str(824 * 86_400)],
        check=False,
        capture_output=True,
    )
    assert (own.name, began.returncode) == ("bench1", 0)
    assert own.expires_ns % 10**9 == 0


@pytest.mark.parametrize(
    ("left_ns", "days"),
    [
        pytest.param(DAY_NS, 1, id="a-day"),
        pytest.param(DAY_NS - 1, 0, id="its-last-day"),
        pytest.param(-1, -1, id="over"),
    ],
)
def test_days_left_are_whole_days(papers: Path, left_ns: int, days: int) -> None:
    own = own_certificate(mqtt(papers / "bench1.crt", papers / "bench1.key"))
    assert own is not None
    assert own.days_left(own.expires_ns - left_ns) == days


def test_days_left_are_unknown_where_the_certificate_cannot_be_used(papers: Path) -> None:
    good = mqtt(papers / "bench1.crt", papers / "bench1.key")
    assert (days_left(good, 0) or 0) > 0
    assert days_left(replace(good, key_file=papers / "bench2.key"), 0) is None
    assert days_left(MqttConfig("mqtts://b.lan"), 0) is None


def test_a_key_that_is_anothers_is_refused(papers: Path) -> None:
    assert "is not the key of" in refused(mqtt(papers / "bench1.crt", papers / "bench2.key"))


@pytest.mark.parametrize("key", ["cert_file", "key_file"])
def test_a_file_that_is_not_there_is_named(papers: Path, key: str) -> None:
    good = mqtt(papers / "bench1.crt", papers / "bench1.key")
    said = refused(replace(good, **{key: papers / "none"}))  # type: ignore[arg-type] # both are paths
    assert said.startswith(f"mqtt.{key} {papers / 'none'}: no such file; name the file")


def test_a_folder_is_no_certificate(papers: Path) -> None:
    assert "not a regular file" in refused(mqtt(papers, papers / "bench1.key"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("hello", id="something-else"),
        pytest.param("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", id="damaged"),
        pytest.param("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", id="not-base64"),
    ],
)
def test_what_is_no_certificate_is_refused(papers: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.crt").write_text(text)
    assert "holds no certificate" in refused(mqtt(tmp_path / "x.crt", papers / "bench1.key"))


def test_what_is_no_key_is_refused(papers: Path, tmp_path: Path) -> None:
    (tmp_path / "x.key").write_text("hello")
    (tmp_path / "x.key").chmod(0o600)
    assert "both must be in PEM form" in refused(mqtt(papers / "bench1.crt", tmp_path / "x.key"))


def test_a_key_that_everybody_can_read_is_refused_with_the_fix(papers: Path, tmp_path: Path) -> None:
    key = tmp_path / "x.key"
    key.write_bytes((papers / "bench1.key").read_bytes())
    key.chmod(0o644)
    assert f"fix: chmod 600 {key}" in refused(mqtt(papers / "bench1.crt", key))


def test_nobody_is_asked_for_a_passphrase(papers: Path, tmp_path: Path) -> None:
    key = tmp_path / "x.key"
    command = ["openssl", "pkey", "-in", str(papers / "bench1.key"), "-aes128", "-passout", "pass:secret"]
    subprocess.run([*command, "-out", str(key)], check=True, capture_output=True)
    key.chmod(0o600)
    assert "has a passphrase" in refused(mqtt(papers / "bench1.crt", key))


def test_a_certificate_that_somebody_else_may_read_alone_is_refused(own_folder: Path, papers: Path) -> None:
    crt = own_folder / "x.crt"
    crt.write_text("secret")
    crt.chmod(0o000)
    assert "permission denied; give it to the user" in refused(mqtt(crt, papers / "bench1.key"))


def test_renewing_takes_nothing_but_to_move_the_old_one_away(tmp_path: Path) -> None:
    authority(tmp_path, "bench1")
    (tmp_path / "bench1.crt").rename(tmp_path / "old.crt")
    (tmp_path / "bench1.key").rename(tmp_path / "old.key")
    assert certificates(tmp_path, "make-device", "bench1").returncode == 0
    for name in ("old", "bench1"):
        assert own_certificate(mqtt(tmp_path / f"{name}.crt", tmp_path / f"{name}.key")) is not None

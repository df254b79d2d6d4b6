"""The shipped script that makes certificates."""

from __future__ import annotations

import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.shipped_broker import authority, certificates

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority with one device."""
    folder = tmp_path_factory.mktemp("papers")
    authority(folder, "bench1", host="127.0.0.1")
    return folder


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            ["make-ca"], "another one would make all certificates worthless", id="a-second-authority"
        ),
        pytest.param(["make-device", "bench1"], "to renew it, move it away", id="a-second-time"),
        pytest.param(["make-device", "Bench 1"], "is no name", id="no-device-id"),
        pytest.param(["make-device", "x" * 33], "is no name", id="too-long"),
        pytest.param(["make-device", "+"], "is no name", id="a-wildcard"),
        pytest.param(["make-device", "consumer"], "rights over all devices", id="the-consumers-name"),
        pytest.param(["make-device", "ca"], "is taken", id="the-authoritys-name"),
        pytest.param(["make-client", "bench2"], "gives 'bench2' no rights", id="a-client-without-rights"),
        pytest.param(["make-broker"], "needs the names", id="a-broker-without-a-name"),
        pytest.param(["make-broker", "a b"], "neither a host's name", id="no-host"),
        pytest.param(["revoke", "bench2"], "no certificate", id="revoke-nobody"),
        pytest.param(["revoke", "../bench1"], "is no name", id="revoke-a-path"),
        pytest.param(["revoke", "ca"], "cannot revoke itself", id="revoke-the-authority"),
        pytest.param(["make"], "is none of", id="no-such-command"),
        pytest.param([], "make-device ID", id="nothing"),
    ],
)
def test_what_makes_no_sense_is_refused(made: Path, words: list[str], said: str) -> None:
    done = certificates(made, *words)
    assert done.returncode == 2
    assert said in done.stderr + done.stdout


def test_without_an_authority_there_are_no_certificates(tmp_path: Path) -> None:
    assert "first: ./certificates make-ca" in certificates(tmp_path / "new", "make-device", "bench1").stderr


def test_nobody_else_may_read_a_key(made: Path) -> None:
    assert {stat.S_IMODE(key.stat().st_mode) for key in made.glob("*.key")} == {0o600}


@pytest.mark.parametrize(
    ("name", "purpose"), [("broker", "sslserver"), ("bench1", "sslclient"), ("consumer", "sslclient")]
)
def test_a_certificate_is_good_for_its_purpose_and_for_no_other(made: Path, name: str, purpose: str) -> None:
    def verified(purpose: str) -> bool:
        command = ["openssl", "verify", "-CAfile", "ca.crt", "-purpose", purpose, f"{name}.crt"]
        return subprocess.run(command, cwd=made, check=False, capture_output=True).returncode == 0

    other = {"sslserver": "sslclient", "sslclient": "sslserver"}[purpose]
    assert (verified(purpose), verified(other)) == (True, False)


def test_a_broker_that_is_called_by_an_address_may_be(made: Path) -> None:
    command = ["openssl", "x509", "-in", "broker.crt", "-noout", "-checkip", "127.0.0.1"]
    assert (
        "does match" in subprocess.run(command, cwd=made, check=True, capture_output=True, text=True).stdout
    )

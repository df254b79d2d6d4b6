"""What tests share: a port, a broker to kill, the real image pairs."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import settings

from tests.listening import PATIENCE_S
from tests.local_broker import Mosquitto, find_mosquitto, unused_port
from tests.local_postgres import Postgres, find_postgres

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

REQUIRE_ALL = os.environ.get("STILLWATCH_REQUIRE_ALL") == "1"
NOBODY = 65534
ANYBODY = "allow_anonymous true"

# A busy machine is slow, not wrong; and where everything is required the same cases are tried each time.
settings.register_profile("unhurried", deadline=None, derandomize=REQUIRE_ALL)
settings.load_profile("unhurried")

# What a script starts in the background is deaf to Ctrl-C, and so is all that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class StartMosquitto(Protocol):
    """Starts a broker for this test."""

    def __call__(self, config: str = ANYBODY) -> Mosquitto:
        """Start one with these lines after its ``listener`` line; stopped after the test."""
        ...


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers may take its time, as on a machine that is busy with other things."""
    monkeypatch.setattr("edge.drivers.broker_paho.session._CONNECT", ("CONNECT", PATIENCE_S))
    monkeypatch.setattr("edge.drivers.broker_greeting.WITHIN_S", PATIENCE_S)
    monkeypatch.setattr("edge.setup.broker.ANSWER_WITHIN_S", PATIENCE_S)
    monkeypatch.setattr("edge.setup.engine.BUSY", 100.0)


@pytest.fixture
def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on."""
    return unused_port()


@pytest.fixture
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartMosquitto]:
    """Starts real brokers on free ports; all of them end with the test."""
    program = find_mosquitto()
    if program is None:
        pytest.skip("needs mosquitto: apt install mosquitto, or brew install mosquitto")
    brokers: list[Mosquitto] = []

    def start(config: str = ANYBODY) -> Mosquitto:
        for _ in range(3):
            broker = Mosquitto(program, tmp_path_factory.mktemp("mosquitto"), config)
            brokers.append(broker)
            try:
                broker.start()
            except RuntimeError as error:
                if "in use" not in str(error):  # else somebody was given the same port
                    raise
            else:
                return broker
        pytest.fail(broker.log())

    yield start
    for broker in brokers:
        broker.kill()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL for the whole session; each test begins by emptying its database."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("needs PostgreSQL: apt install postgresql, or brew install postgresql")
    pytest.importorskip("psycopg", reason="needs psycopg: pip install '.[consume]'")
    server = Postgres(programs)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def own_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder of somebody who is not root; the test runs as that somebody."""
    if sys.platform != "linux" or os.geteuid() != 0:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, 0)
        try:
            yield Path(folder)
        finally:
            os.setresuid(0, 0, 0)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real image pairs with ground truth."""
    folder = os.environ.get("STILLWATCH_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs STILLWATCH_DATA: set it to the folder with the real image pairs")
    return Path(folder)


def _fail_if_wanted(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip for want of a tool into a failure where every tool must be there."""
    if not (REQUIRE_ALL and report.skipped and isinstance(report.longrepr, tuple)):
        return
    path, line, reason = report.longrepr
    if reason.removeprefix("Skipped: ").startswith("needs "):
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: {reason} (STILLWATCH_REQUIRE_ALL=1)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_wanted(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_wanted(report)
    return report

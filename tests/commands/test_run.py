from __future__ import annotations

import argparse
import logging
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge.commands.run import run, stopped_by_signals
from edge.config import last_good
from edge.errors import ConfigError, ModelError
from tests.bench import bench_config
from tests.frames import write_frames

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_asks_for_a_clean_stop(number: signal.Signals) -> None:
    with stopped_by_signals() as stop:
        signal.raise_signal(number)
        assert stop.is_set()


def test_nothing_stops_by_itself() -> None:
    with stopped_by_signals() as stop:
        assert not stop.is_set()


def test_the_second_signal_ends_at_once() -> None:
    with stopped_by_signals():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_signals_mean_what_they_did_afterwards() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with stopped_by_signals():
        pass
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def test_log_lines_are_plain_and_in_utc() -> None:
    script = """
import logging
from edge.commands.log_lines import log_to_stderr
log_to_stderr()
logging.getLogger("edge.any").info("camera %s", "shelf")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO camera shelf\n", done.stderr)


def test_a_faulty_configuration_stops_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        run(argparse.Namespace(config=tmp_path / "none.toml", seconds=None))


@pytest.fixture
def config(tmp_path: Path, free_port: int) -> Path:
    """A device that watches ten pictures, and then ends."""
    write_frames(tmp_path / "frames", count=10)
    path = tmp_path / "my.toml"
    path.write_text(bench_config(free_port))
    return path


def test_what_a_device_has_started_with_is_kept(config: Path) -> None:
    assert run(argparse.Namespace(config=config, seconds=None)) == 0
    assert (config.parent / "state" / last_good.COPY).read_text().endswith(config.read_text())


def test_a_faulty_file_gives_way_to_the_last_good_one(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    run(argparse.Namespace(config=config, seconds=None))
    config.write_text(config.read_text().replace("fps", "fsp"))
    with caplog.at_level(logging.INFO):
        assert run(argparse.Namespace(config=config, seconds=None)) == 0
    told = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert told[0].endswith('unknown key; did you mean "fps"?')
    assert told[1].startswith("running with the last good copy of the configuration; mend")
    assert "stopped after 10 frames" in caplog.messages


def test_a_device_that_cannot_start_keeps_nothing(config: Path) -> None:
    config.write_text(config.read_text().replace('method = "difference"', 'bundle = "nowhere"'))
    with pytest.raises(ModelError):
        run(argparse.Namespace(config=config, seconds=None))
    assert not (config.parent / "state" / last_good.COPY).exists()

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge.commands.run import run, stopped_by_signals
from edge.errors import ConfigError

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
from edge.commands.run import log_to_stderr
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

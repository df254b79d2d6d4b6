from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.filming import needs_linux
from tests.local_broker import find_mosquitto

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
HOURS = 65 / 3600


def test_a_minute_of_torment_loses_nothing(tmp_path: Path) -> None:
    needs_linux()
    if find_mosquitto() is None:
        pytest.skip("needs mosquitto: apt install mosquitto")
    command = [sys.executable, "-m", "benchmarks.soak_run", "--hours", str(HOURS), "--out", str(tmp_path)]
    pace = ["--sample-s", "2", "--first-fault-s", "18", "--fault-every-s", "8"]
    done = subprocess.run([*command, *pace], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert (done.returncode, found["broken_limits"]) == (0, [])
    assert (found["camera_outages"], found["broker_outages"]) == (2, 1)
    samples = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text().splitlines()]
    assert [record["fault"] for record in samples if "fault" in record] == ["shelf", "broker", "program"]
    assert "secret" not in (tmp_path / "device.log").read_text()

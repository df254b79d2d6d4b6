from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from convert.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FEW = ["--model", "difference", "--positions", "10", "--loop-frames", "100", "--json", "--quiet"]


@pytest.mark.data
@pytest.mark.slow
def test_large_patches_on_a_real_street_are_told_and_its_cars_and_light_are_not(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["probe", "--video", str(data_dir / "videos" / "traffic_video.avi"), *FEW]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["recall"]["12@60"]["share"] == 1.0
    assert (figures["light_events"], figures["still_open"]) == (0, 1.0)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_network_tells_small_faint_patches_on_a_real_street(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--size", "12", "--positions", "20", "--loop-frames", "0", "--threads", "2", "--json", "--quiet"]
    assert main(["probe", "--video", str(data_dir / "videos" / "traffic_video.avi"), *few]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["recall"]["12@60"]["share"] == 1.0
    assert figures["recall"]["12@30"]["share"] >= 0.85
    assert figures["light_events"] == 0

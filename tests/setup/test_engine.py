from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from edge.config import parse
from edge.engines import DEFAULT_BUNDLE
from edge.errors import EngineError
from edge.setup.engine import check_engine
from edge.setup.findings import Verdict
from edge.surroundings import RealSurroundings

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config import Config, ModelConfig
    from edge.ports import Engine

SIZES = {"shelf": (64, 48)}


def config(model: str = "", *, fps: float = 2) -> Config:
    text = f"""\
config = 1
[device]
id = "bench1"
[mqtt]
url = "mqtt://localhost"
[model]
{model}
[[camera]]
name = "shelf"
source = "/dev/video0"
fps = {fps}
"""
    return parse(text, origin="/etc/a.toml")


@dataclass(frozen=True)
class WithoutLiteRt(RealSurroundings):
    """A machine for which there is no build of the network's runtime."""

    def engine(self, model: ModelConfig) -> Engine:
        """Refuse."""
        msg = f"no LiteRT for {model.method}; pip install ai-edge-litert"
        raise EngineError(msg)


@pytest.mark.usefixtures("unhurried")
def test_a_network_that_answers_right_is_timed() -> None:
    (found,) = check_engine(config(), RealSurroundings(), SIZES)
    assert found.verdict is Verdict.OK
    assert "on cpu: 4 golden pairs answered right, " in found.text
    assert "ms a look at 64 x 48" in found.text


def test_the_method_without_a_network_has_no_pairs() -> None:
    (found,) = check_engine(config('method = "difference"'), RealSurroundings(), SIZES)
    assert found.text.startswith("difference 1 on cpu: ")
    assert "golden" not in found.text


def test_a_damaged_model_fails(tmp_path: Path) -> None:
    shutil.copytree(DEFAULT_BUNDLE, tmp_path / "model")
    (tmp_path / "model" / "contract.json").write_text("{}")
    (found,) = check_engine(config(f'bundle = "{tmp_path / "model"}"'), RealSurroundings(), SIZES)
    assert (found.verdict, found.code) == (Verdict.FAIL, 4)


@pytest.mark.parametrize(
    ("model", "verdict", "code"),
    [
        pytest.param("", Verdict.WARN, 0, id="the-device-compares-without-a-network"),
        pytest.param("threads = 2", Verdict.FAIL, 3, id="the-device-was-told-to-use-one"),
    ],
)
def test_a_machine_without_the_runtime(model: str, verdict: Verdict, code: int) -> None:
    (found,) = check_engine(config(model), WithoutLiteRt(), SIZES)
    assert (found.verdict, found.code) == (verdict, code)
    assert found.fix == "pip install ai-edge-litert"

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.demo import child

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("amqtt", reason="needs the demo extra: pip install '.[demo]'")


@pytest.mark.system
def test_nothing_in_the_current_folder_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = f"open({str(tmp_path / 'was-run')!r}, 'w').close()\n"
    (tmp_path / "edge" / "demo").mkdir(parents=True)
    for name in (
        "edge/__init__.py",
        "edge/demo/__init__.py",
        "edge/demo/broker.py",
        "amqtt.py",
        "asyncio.py",
    ):
        (tmp_path / name).write_text(stranger, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with child.broker(tmp_path / "broker.log") as port:
        assert port > 0
    assert not (tmp_path / "was-run").exists()

"""What the documentation shows, held against what a device that runs publishes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.config import parse
from tests.films import film
from tests.listening import Subscriber, until
from tests.schema_faults import faults
from tests.system.test_device import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.types import Message
    from tests.local_broker import Mosquitto

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?P<topic>[a-z/<>]+)` \| (?P<retained>yes|no) \|", re.MULTILINE)
RETAINED = {row["topic"]: row["retained"] == "yes" for row in ROW.finditer(README)}
SHOWN = dict(re.findall(r"^### ([a-z-]+)\n.*?```json\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
SELDOM = {"cam/<camera>/event/late", "gap", "cmd/result"}
"""Topics on which a device has nothing to say when all goes well."""

SETTINGS = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
REST = '[mqtt]\nurl = "mqtt://localhost"\n[[camera]]\nname = "shelf"\nsource = "/dev/video0"\n'
BASE = "stillwatch/v1/bench1"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Message], list[Message]]]:
    """What a device told in its life, and what a newcomer finds at the broker afterwards."""
    from tests.local_broker import Mosquitto, find_mosquitto  # noqa: PLC0415 - skips where there is none

    program = find_mosquitto()
    if program is None:
        pytest.skip("needs mosquitto: apt install mosquitto, or brew install mosquitto")
    folder = tmp_path_factory.mktemp("documentation")
    broker: Mosquitto = Mosquitto(program, folder, "allow_anonymous true")
    broker.start()
    ear = Subscriber(broker.port, f"{BASE}/#")
    device = Bench(folder, broker)
    device.start(film(folder / "clip.avi", seconds=36, gone_s=6.0, back_s=14.0)).wait()
    until(lambda: ear.heard.all() and ear.heard.all()[-1].payload == b"offline")
    newcomer = Subscriber(broker.port, f"{BASE}/#", "end")
    newcomer.publish(_end())  # what is kept comes before this
    kept = newcomer.heard.wait(lambda said: said[-1].topic == "end")[:-1]
    yield ear.heard.all(), kept
    device.end()
    ear.close()
    newcomer.close()
    broker.kill()


def _end() -> Message:
    from edge.types import Message  # noqa: PLC0415 - for one line

    return Message("end", b"")


def named(topic: str) -> str:
    """Return a topic as the README writes it."""
    return topic.removeprefix(f"{BASE}/").replace("cam/shelf", "cam/<camera>")


def paths(value: object, path: str = "") -> set[str]:
    """Return every key of a document, nested ones included; what is empty or null has none."""
    if isinstance(value, dict):
        return {f"{path}/{key}" for key in value} | {
            deeper for key, inner in value.items() for deeper in paths(inner, f"{path}/{key}")
        }
    return (
        {deeper for inner in value for deeper in paths(inner, f"{path}[]")}
        if isinstance(value, list)
        else set()
    )


pytestmark = pytest.mark.system


@pytest.mark.slow
def test_a_device_publishes_on_the_topics_of_the_readme_and_no_others(
    told: tuple[list[Message], list[Message]],
) -> None:
    published = {named(message.topic) for message in told[0] if message.payload}
    assert published | SELDOM == RETAINED.keys()


@pytest.mark.slow
def test_the_broker_keeps_what_the_readme_says_and_no_event(
    told: tuple[list[Message], list[Message]],
) -> None:
    kept = {named(message.topic) for message in told[1]}
    assert kept == {topic for topic, retained in RETAINED.items() if retained}
    assert not [topic for topic in kept if "event" in topic]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["event", "health", "info", "state"])
def test_a_message_of_the_documentation_is_like_one_that_was_published(
    told: tuple[list[Message], list[Message]], name: str
) -> None:
    assert faults(name, SHOWN[name].encode()) == []
    shown = json.loads(SHOWN[name])
    alike = [json.loads(m.payload) for m in told[0] if m.topic.endswith(f"/{name}")]
    alike = [one for one in alike if one.get("event_type") == shown.get("event_type")]
    assert paths(shown) in [paths(one) for one in alike]


def test_the_documentation_shows_every_message_that_is_a_document() -> None:
    assert sorted(SHOWN) == ["cmd", "cmd-result", "event", "gap", "health", "info", "state"]


@pytest.mark.parametrize("text", SETTINGS, ids=[str(number) for number in range(len(SETTINGS))])
def test_the_settings_of_the_readme_are_read(text: str) -> None:
    whole = text if "config = 1" in text else f"config = 1\n{text}\n{REST}"
    assert parse(whole, origin="README.md").cameras


@pytest.mark.slow
def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    (sample,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    for name in ("before.jpg", "after.jpg"):
        shutil.copy(ROOT / "docs" / "pictures" / name, tmp_path)
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{sample}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("ok True ")

from __future__ import annotations

import pytest

from edge.config import parse
from edge.config.explaining import explained
from edge.errors import ConfigError

TEXT = """\
config = 1
[device]
id = "bench1"
{device}
[mqtt]
url = "mqtt://localhost"
[[camera]]
name = "shelf"
source = "/dev/video0"
[metrics]
{metrics}
"""


def written(*, device: str = "", metrics: str = "") -> str:
    return TEXT.format(device=device, metrics=metrics)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        pytest.param(written().replace("[metrics]", ""), None, id="off-without-a-table"),
        pytest.param(written(), None, id="off-without-a-port"),
        pytest.param(written(metrics="port = 9477"), 9477, id="on"),
    ],
)
def test_figures_are_served_only_where_that_is_wanted(text: str, port: int | None) -> None:
    assert parse(text, origin="a.toml").metrics.port == port


@pytest.mark.parametrize("port", ["80", "65536", '"9477"', "true", "0"])
def test_a_port_that_cannot_be_is_a_fault(port: str) -> None:
    with pytest.raises(ConfigError, match=r"metrics\.port = .*: must be a whole number from 1024 to 65535"):
        parse(written(metrics=f"port = {port}"), origin="a.toml")


def test_an_address_cannot_be_chosen() -> None:
    with pytest.raises(ConfigError, match=r"metrics\.host: unknown key; known here: port"):
        parse(written(metrics='host = "0.0.0.0"\nport = 9477'), origin="a.toml")


def test_the_port_is_explained_though_it_is_not_given() -> None:
    (port,) = [one for one in explained(written(), origin="a.toml") if one.key == "metrics.port"]
    assert (port.value, port.rule.allowed) == (None, "1024 to 65535")


@pytest.mark.parametrize(
    ("device", "form"),
    [("", "text"), ('log = "text"', "text"), ('log = "json"', "json")],
    ids=["unsaid", "text", "json"],
)
def test_log_lines_are_text_or_json(device: str, form: str) -> None:
    assert parse(written(device=device), origin="a.toml").device.log == form


def test_another_form_of_log_is_a_fault() -> None:
    with pytest.raises(ConfigError, match='must be "text" or "json"'):
        parse(written(device='log = "xml"'), origin="a.toml")

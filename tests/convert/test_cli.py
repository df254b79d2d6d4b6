from __future__ import annotations

import pytest

import edge
from convert.cli import HELP, main


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        pytest.param(["--help"], 0, id="help"),
        pytest.param(["-h"], 0, id="short-help"),
        pytest.param([], 2, id="nothing-asked"),
        pytest.param(["train"], 2, id="not-there-yet"),
        pytest.param(["--version", "train"], 2, id="more-than-was-understood"),
    ],
)
def test_help_goes_where_it_belongs(
    capsys: pytest.CaptureFixture[str], arguments: list[str], exit_code: int
) -> None:
    assert main(arguments) == exit_code
    out, err = capsys.readouterr()
    assert (out, err) == ((HELP, "") if exit_code == 0 else ("", HELP))


def test_version_is_that_of_the_device(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"stillwatch-convert {edge.__version__}\n"

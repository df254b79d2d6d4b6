from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.exposition import Family, Sample, exposition


def line(value: float, **labels: str) -> str:
    """Return the line of one figure."""
    family = Family("stillwatch_x", "gauge", "About.", (Sample(value, tuple(labels.items())),))
    return exposition([family]).decode().splitlines()[-1]


def test_a_family_is_described_once_before_its_figures() -> None:
    samples = (Sample(1, (("camera", "a"),)), Sample(2, (("camera", "b"),)))
    assert exposition([Family("stillwatch_x_total", "counter", "How often.", samples)]).decode() == (
        "# HELP stillwatch_x_total How often.\n"
        "# TYPE stillwatch_x_total counter\n"
        'stillwatch_x_total{camera="a"} 1\n'
        'stillwatch_x_total{camera="b"} 2\n'
    )


def test_what_is_not_known_is_left_out() -> None:
    assert exposition([Family("stillwatch_x", "gauge", "About.", ())]) == b""


def test_what_breaks_a_line_is_escaped_in_a_description() -> None:
    text = exposition([Family("stillwatch_x", "gauge", 'a "b"\nc\\d', (Sample(1),))]).decode()
    assert text.splitlines()[0] == '# HELP stillwatch_x a "b"\\nc\\\\d'


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(3, "3", id="whole"),
        pytest.param(3.0, "3", id="whole-as-a-float"),
        pytest.param(2**60, str(2**60), id="large"),
        pytest.param(0.25, "0.25", id="a-part"),
        pytest.param(True, "1", id="true"),
        pytest.param(-1.5, "-1.5", id="below-zero"),
        pytest.param(math.nan, "NaN", id="no-number"),
        pytest.param(math.inf, "+Inf", id="too-large"),
        pytest.param(-math.inf, "-Inf", id="too-small"),
    ],
)
def test_a_figure_is_written_as_prometheus_reads_it(value: float, written: str) -> None:
    assert line(value) == f"stillwatch_x {written}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("shelf", "shelf", id="plain"),
        pytest.param('a"b', 'a\\"b', id="a-quote"),
        pytest.param("a\nb", "a\\nb", id="a-line-end"),
        pytest.param("a\\b", "a\\\\b", id="a-backslash"),
        pytest.param("\\n", "\\\\n", id="what-looks-like-a-line-end"),
    ],
)
def test_what_would_end_a_label_is_escaped(text: str, written: str) -> None:
    assert line(1, a=text) == f'stillwatch_x{{a="{written}"}} 1'


@given(st.text(max_size=40))
def test_no_label_ends_its_line(text: str) -> None:
    body = exposition([Family("x", "gauge", "About.", (Sample(1, (("a", text),)),))])
    assert body.count(b"\n") == 3

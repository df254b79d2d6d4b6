"""Figures as text, in the format that Prometheus reads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure.

    Attributes:
        value: The figure.
        labels: What it is of: names and texts.
    """

    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A figure of a kind, of everything that has it.

    Attributes:
        name: ``stillwatch_*``, with its unit; a counter ends in ``_total``.
        kind: A counter only grows while the program runs.
        about: What it says, in a line.
        samples: The figures; none where nothing is known.
    """

    name: str
    kind: Literal["counter", "gauge"]
    about: str
    samples: tuple[Sample, ...]


def exposition(families: Iterable[Family]) -> bytes:
    """Return the families as text; those without a figure are left out.

    Source:
        Prometheus text exposition format 0.0.4.
    """
    lines = []
    for family in families:
        if family.samples:
            lines += [f"# HELP {family.name} {_escaped(family.about)}", f"# TYPE {family.name} {family.kind}"]
            lines += [f"{family.name}{_labels(one)} {_figure(one.value)}" for one in family.samples]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _labels(sample: Sample) -> str:
    if not sample.labels:
        return ""
    return "{" + ",".join(f'{name}="{_quoted(text)}"' for name, text in sample.labels) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')


def _figure(value: float) -> str:
    if math.isfinite(value):
        return str(int(value)) if value == int(value) else repr(float(value))
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"

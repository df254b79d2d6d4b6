"""Where an artifact came from."""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from typing import TYPE_CHECKING

from convert.pipeline.files import digest_of
from edge import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGES = {
    "ai_edge_litert": ("ai-edge-litert",),
    "cv2": ("opencv-python-headless", "opencv-python"),
    "keras": ("keras",),
    "numpy": ("numpy",),
    "onnxruntime": ("onnxruntime", "onnxruntime-gpu"),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "tf2onnx": ("tf2onnx",),
}
"""Modules whose version may show in what a stage makes, and the packages that have them."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an artifact came from; nothing in it tells which machine made it.

    Attributes:
        stage: The stage that made it.
        inputs: Digest of each thing it depends on, by name.
        outputs: SHA-256 of each of its files, by relative path.
        seed: Where the stage's dice started.
        versions: Of Python, stillwatch and the libraries that were loaded.
        started: When its making began, in UTC; before any interruption.
        finished: When it was done.
        wall_s: Seconds that the last, or only, run took.
        cpu_s: Processor seconds of the same run.
    """

    stage: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    seed: int
    versions: Mapping[str, str]
    started: str
    finished: str
    wall_s: float
    cpu_s: float

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Provenance:
        """Read one back.

        Raises:
            ValueError: Something is missing, or is not what it should be.
        """
        return cls(
            stage=_text(values, "stage"),
            inputs=_texts(values, "inputs"),
            outputs=_texts(values, "outputs"),
            seed=int(_number(values, "seed")),
            versions=_texts(values, "versions"),
            started=_text(values, "started"),
            finished=_text(values, "finished"),
            wall_s=_number(values, "wall_s"),
            cpu_s=_number(values, "cpu_s"),
        )

    @property
    def digest(self) -> str:
        """The artifact's digest: that of its files, whenever and however they were made."""
        return digest_of(dict(self.outputs))

    def with_outputs(self, outputs: Mapping[str, str]) -> Provenance:
        """Return the same, about these files."""
        return replace(self, outputs=outputs)

    def as_json(self) -> dict[str, object]:
        """Return what ``of`` reads."""
        return asdict(self)


def versions() -> dict[str, str]:
    """Return the versions of Python, stillwatch and the libraries in use; imports none."""
    found = {"python": platform.python_version(), "stillwatch": __version__}
    for module in sorted(_PACKAGES.keys() & sys.modules.keys()):
        for package in _PACKAGES[module]:
            with suppress(metadata.PackageNotFoundError):
                found.setdefault(package, metadata.version(package))
    return found


def cpu_s() -> float:
    """Return the processor seconds of this process and of the children that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _text(values: Mapping[str, object], key: str) -> str:
    value = values.get(key)
    if isinstance(value, str):
        return value
    msg = f"{key} must be text"
    raise ValueError(msg)


def _number(values: Mapping[str, object], key: str) -> float:
    value = values.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    msg = f"{key} must be a number"
    raise ValueError(msg)


def _texts(values: Mapping[str, object], key: str) -> dict[str, str]:
    value = values.get(key)
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return value
    msg = f"{key} must be texts by name"
    raise ValueError(msg)

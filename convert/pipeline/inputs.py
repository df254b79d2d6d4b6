"""What a stage depends on, by digest: when one of these differs, it runs again."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING

from convert.pipeline.files import digest_of, digests
from edge.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from convert.pipeline.artifact import Artifacts
    from convert.pipeline.stage import Stage
    from convert.recipe import Recipe


FOOTAGE = "footage"


class Inputs:
    """The inputs of all stages of one recipe.

    Args:
        recipe: With the footage that is in force.
        artifacts: Where the stages before leave what they make.
    """

    def __init__(self, recipe: Recipe, artifacts: Artifacts) -> None:
        self._recipe = recipe
        self._artifacts = artifacts
        self._footage: str | None = None

    def of(self, stage: Stage) -> dict[str, str]:
        """Return the digest of each thing a stage depends on."""
        inputs = {"revision": str(stage.revision), "seed": str(self._recipe.seed)}
        inputs |= {f"[{table}]": digest_of(_table(self._recipe, table)) for table in stage.tables}
        if stage.footage and self._recipe.data.footage is not None:
            inputs[FOOTAGE] = self._footage_digest(self._recipe.data.footage)
        for need in stage.needs:
            provenance = self._artifacts.sound(need)
            inputs[need] = provenance.digest if provenance else ""
        return inputs

    def _footage_digest(self, folder: Path) -> str:
        """Return the digest of all files in the user's folder, wherever it is; read once."""
        if self._footage is None:
            try:
                self._footage = digest_of(digests(folder))
            except (OSError, ValueError) as error:
                msg = f"--footage {folder}: cannot be read: {error}"
                raise ConfigError(msg) from error
        return self._footage


def derived_seed(seed: int, stage: str) -> int:
    """Return a stage's own seed, in ``[0, 2**32)``: stages do not share their dice."""
    return int.from_bytes(hashlib.sha256(f"{seed} {stage}".encode()).digest()[:4], "big")


def _table(recipe: Recipe, table: str) -> dict[str, object]:
    """Return what a table says, but for where footage lies: that counts by what is in it."""
    if table == "recipe":
        return {"name": recipe.name, "version": recipe.version}
    values: dict[str, object] = asdict(getattr(recipe, table))
    return {key: value for key, value in values.items() if key != FOOTAGE}

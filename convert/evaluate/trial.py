"""Puts model files together as a bundle, to run them as a device would."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from convert.describing import described
from convert.model_files import DELEGATES, FLOAT, INT8
from edge.core import bundles
from edge.errors import ModelError
from edge.types import Bundle

if TYPE_CHECKING:
    from pathlib import Path

    from convert.recipe import Recipe
    from edge.types import ModelFile

PLACEHOLDER = 0.5
"""The threshold of a bundle that nobody has chosen one for yet."""

FILES = (INT8, FLOAT)


def trial_bundle(models: Path, folder: Path, recipe: Recipe) -> Path:
    """Make a bundle of the model files in a folder.

    Args:
        models: Holds ``model.tflite`` and ``float.tflite``.
        folder: Where the bundle goes; made, or replaced.
        recipe: What they were made by.

    Returns:
        ``folder``.

    Raises:
        ModelError: A file cannot be used.
        ContractError: Its tensors are not those of a network that compares pairs.
        OSError: The disk refuses.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = tuple(_file(models / name) for name in FILES)
    for file in files:
        shutil.copyfile(models / file.name, folder / file.name)
    text = bundles.format(
        Bundle(
            recipe.name, recipe.version, recipe.preprocess, PLACEHOLDER, files, octaves=recipe.look.octaves
        )
    )
    (folder / bundles.CONTRACT).write_text(text, encoding="utf-8")
    return folder


def _file(path: Path) -> ModelFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path}: {error.strerror}; run `stillwatch-convert quantize` again"
        raise ModelError(msg) from error
    return described(content, name=path.name, delegate=DELEGATES[path.name])

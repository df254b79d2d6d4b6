"""The ``gate`` stage: a model that is not good enough is not bundled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convert.model_files import INT8
from convert.pipeline.results import FIGURES, PASSED, figures_of
from edge.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from convert.pipeline.stage import StageContext
    from convert.recipe import GateRecipe

KILOBYTE = 1000


def run(context: StageContext) -> Mapping[str, object]:
    """Return ``passed``, what was held against the limits, and ``failed``, a sentence per limit missed.

    Raises:
        StorageError: The figures of an earlier stage cannot be read.
    """
    measured = _measured(context.inputs["evaluate"], context.inputs["quantize"] / INT8)
    failed = failures(measured, context.recipe.gate)
    if figures_of(context.inputs["audit"]).get(PASSED) is False:
        failed.append("the audit did not pass: its report names what the hardware cannot run")
    for sentence in failed:
        context.progress.say(sentence)
    return {PASSED: not failed, **measured, "failed": failed}


def failures(measured: Mapping[str, float], limits: GateRecipe) -> list[str]:
    """Hold a model's figures against the limits.

    Args:
        measured: ``f1`` of the int8 model, ``float_f1``, ``model_kb``.
        limits: The recipe's.

    Returns:
        One sentence per limit missed, with what was measured and what was wanted.
    """
    f1, model_kb = measured["f1"], measured["model_kb"]
    drop = measured["float_f1"] - f1
    failed: list[str] = []
    if f1 < limits.min_f1:
        failed.append(
            f"F1 is {f1:.4g}, and at least {limits.min_f1:g} is wanted (min_f1): "
            "train on more pairs, or for longer"
        )
    if drop > limits.max_int8_drop:
        failed.append(
            f"int8 loses {drop:.4g} of the float model's F1, and may lose {limits.max_int8_drop:g} "
            '(max_int8_drop): quantize with method = "qat", or for more epochs'
        )
    if model_kb > limits.max_model_kb:
        failed.append(
            f"the model has {model_kb:g} kB, and may have {limits.max_model_kb} (max_model_kb): "
            "prune more, or use fewer channels"
        )
    return failed


def _measured(evaluated: Path, model: Path) -> dict[str, float]:
    """Return the figures that limits are about.

    Raises:
        StorageError: They cannot be read.
    """
    found = figures_of(evaluated)
    unquantized = found.get("float")
    f1, float_f1 = found.get("f1"), unquantized.get("f1") if isinstance(unquantized, dict) else None
    if not isinstance(f1, (int, float)) or not isinstance(float_f1, (int, float)):
        msg = f"{evaluated / FIGURES}: no F1 in it; run `stillwatch-convert evaluate` again"
        raise StorageError(msg)
    return {"f1": f1, "float_f1": float_f1, "model_kb": model.stat().st_size / KILOBYTE}

"""``stillwatch-convert build``, and the stages one by one."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from convert import recipe as recipes
from convert.pipeline.artifact import Artifacts
from convert.pipeline.build import Build
from convert.pipeline.export import check_target, export
from convert.pipeline.interruption import asked_to_stop
from convert.pipeline.progress import Progress
from convert.pipeline.results import summary
from convert.pipeline.stage import Interrupted
from convert.pipeline.stages import STAGES
from edge.errors import ConfigError
from edge.program import INTERRUPTED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from convert.pipeline.results import Result
    from convert.pipeline.stage import Stage
    from convert.recipe import Recipe

NOT_PASSED = 1
WORK = Path("out/convert")
BUNDLE = "bundle"


def run(args: argparse.Namespace, stages: Sequence[Stage] = STAGES) -> int:
    """Run the stages that have to.

    Args:
        args: ``command``, ``build`` or a stage; ``recipe``, a name or a path;
            ``work``, the folder of all artifacts, or ``None``; ``footage``, a folder
            in place of the recipe's, or ``None``; ``json`` and ``quiet``. For
            ``build``: ``until``, ``force``, a list, and ``out``, where a copy of the
            bundle goes, or ``None``. For a stage: ``force``, a flag.
        stages: The table.

    Returns:
        The exit code: 0, or 1 when a model was not good enough, or 130.

    Raises:
        EdgeError: What kept a stage from being done.
    """
    recipe = _recipe(args)
    work: Path = args.work or WORK / recipe.name
    out: Path | None = getattr(args, "out", None)
    if out is not None:
        if args.until not in {None, BUNDLE}:
            msg = f"--out {out}: there is no bundle yet after --until {args.until}; leave one out"
            raise ConfigError(msg)
        check_target(out)
    _check_force(args, stages)
    progress = Progress(None if args.quiet else sys.stderr, sys.stdout if args.json else None)
    artifacts = Artifacts(work)
    try:
        with artifacts.held(), asked_to_stop() as stop:
            results = _results(args, Build(recipe, stages, artifacts, progress, stop))
            passed = all(result.passed for result in results)
            if passed and out is not None:
                export(artifacts.folder(BUNDLE) / BUNDLE, out)
    except Interrupted:
        again = "" if not args.force else ", without --force"
        progress.ended(f"Stopped. What is done is kept; the same command goes on from here{again}.")
        return INTERRUPTED
    finally:
        progress.close()
    if not args.json:
        sys.stdout.write(summary(results) + "\n")
    progress.ended(_ending(results, work, out), passed=passed, figures=_figures(results))
    return 0 if passed else NOT_PASSED


def _recipe(args: argparse.Namespace) -> Recipe:
    recipe = recipes.load(recipes.find(args.recipe))
    if args.footage is None:
        return recipe
    if not os.path.isdir(args.footage):  # noqa: PTH112 - Path.is_dir() raises for too long a name
        msg = f"--footage {args.footage}: no such folder"
        raise ConfigError(msg)
    return replace(recipe, data=replace(recipe.data, footage=args.footage))


def _check_force(args: argparse.Namespace, stages: Sequence[Stage]) -> None:
    """Raise ConfigError for a stage to force that is after the last one to run."""
    if args.command != "build" or args.until is None:
        return
    names = [stage.name for stage in stages]
    late = names[names.index(args.until) + 1 :]
    for name in args.force:
        if name in late:
            msg = f"--force {name}: it comes after --until {args.until} and would not run; leave one out"
            raise ConfigError(msg)


def _results(args: argparse.Namespace, build: Build) -> list[Result]:
    if args.command == "build":
        return build.run(until=args.until, force=args.force)
    return [build.run_alone(args.command, force=args.force)]


def _ending(results: Sequence[Result], work: Path, out: Path | None) -> str:
    last = results[-1]
    if not last.passed:
        return f"Not passed: {last.stage}; the figures are in {last.folder}."
    if out is not None:
        return f"The bundle is in {out}."
    return f"The bundle is in {last.folder / BUNDLE}." if last.stage == BUNDLE else f"All is in {work}."


def _figures(results: Sequence[Result]) -> dict[str, object]:
    return {result.stage: dict(result.figures) for result in results}

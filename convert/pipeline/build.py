"""Runs stages: those that have to, in their order, each in its own folder."""

from __future__ import annotations

import shutil
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from convert.pipeline.artifact import CHECKPOINTS
from convert.pipeline.files import DISK_FAULTS, refused
from convert.pipeline.inputs import Inputs, derived_seed
from convert.pipeline.late import entry, libraries_for
from convert.pipeline.provenance import Provenance, cpu_s, versions
from convert.pipeline.results import FIGURES, PASSED, Result
from convert.pipeline.stage import Interrupted, StageContext
from edge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from convert.pipeline.artifact import Artifacts
    from convert.pipeline.progress import Progress
    from convert.pipeline.stage import Stage
    from convert.recipe import Recipe

NEARLY_FULL_BYTES = 1_000_000


class Build:
    """One recipe, on its way to a model.

    Args:
        recipe: With the footage that is in force.
        stages: The table: a stage needs only stages above it.
        artifacts: The stages' folders, held by the caller.
        progress: Where is told what happens.
        stop: Whether somebody asked to stop.
    """

    def __init__(
        self,
        recipe: Recipe,
        stages: Sequence[Stage],
        artifacts: Artifacts,
        progress: Progress,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._recipe = recipe
        self._stages = {stage.name: stage for stage in stages}
        self._artifacts = artifacts
        self._progress = progress
        self._stop = stop
        self._inputs = Inputs(recipe, artifacts)

    def run(self, *, until: str | None = None, force: Collection[str] = ()) -> list[Result]:
        """Run every stage that is not up to date.

        Args:
            until: Last stage to run; ``None`` for the last there is.
            force: Stages to run even if they are up to date.

        Returns:
            What came of each; the last one's ``passed`` may be false, and the
            stages after that one did not run.

        Raises:
            Interrupted: Somebody asked to stop.
            EdgeError: A stage cannot be done.
        """
        results: list[Result] = []
        for stage in self._stages.values():
            results.append(self._result(stage, force=stage.name in force))
            if stage.name == until or not results[-1].passed:
                break
        return results

    def run_alone(self, name: str, *, force: bool = False) -> Result:
        """Run one stage, if what it needs is up to date.

        Raises:
            ConfigError: It is not; the message says what to run first.
            Interrupted: Somebody asked to stop.
            EdgeError: The stage cannot be done.
        """
        needed = self._needed(name)
        for stage in self._stages.values():
            if stage.name not in needed:
                continue
            reason = self._why(stage)
            if reason is not None:
                msg = (
                    f"{name} needs what {stage.name} makes, and {reason}; with the same --recipe, run"
                    f" `stillwatch-convert {stage.name}` first, or `stillwatch-convert build` for all"
                )
                raise ConfigError(msg)
            kept = self._kept(stage)
            if not kept.passed:
                msg = f"{name} needs {stage.name} to pass, and it did not; why is in {kept.folder / FIGURES}"
                raise ConfigError(msg)
        return self._result(self._stages[name], force=force)

    def _needed(self, name: str) -> set[str]:
        """Return all stages that one stands on, directly or not."""
        direct = self._stages[name].needs
        return set(direct).union(*(self._needed(other) for other in direct))

    def _result(self, stage: Stage, *, force: bool) -> Result:
        if self._stop():
            raise Interrupted
        if force:
            self._artifacts.discard(stage.name)
        reason = self._why(stage)
        if reason is None:
            self._progress.say(f"{stage.name}: up to date")
            return self._kept(stage)
        return self._made(stage, reason)

    def _kept(self, stage: Stage) -> Result:
        provenance = self._artifacts.sound(stage.name)
        wall_s = provenance.wall_s if provenance else 0.0
        return self._came_of(stage, self._artifacts.figures(stage.name), wall_s, ran=False)

    def _came_of(self, stage: Stage, figures: Mapping[str, object], wall_s: float, *, ran: bool) -> Result:
        folder = self._artifacts.folder(stage.name)
        passed = not stage.decides or figures.get(PASSED) is not False
        return Result(stage.name, folder, ran, wall_s, figures, passed)

    def _why(self, stage: Stage) -> str | None:
        """Return why a stage has to run; ``None`` when it is up to date."""
        provenance = self._artifacts.sound(stage.name)
        if provenance is None:
            there = self._artifacts.folder(stage.name).exists()
            return "its files are damaged" if there else "there is nothing yet"
        inputs = self._inputs.of(stage)
        changed = [name for name in inputs if provenance.inputs.get(name) != inputs[name]]
        changed += [name for name in provenance.inputs if name not in inputs]
        return f"other than before: {', '.join(changed)}" if changed else None

    def _made(self, stage: Stage, reason: str) -> Result:
        """Run a stage, and turn what it wrote into its artifact."""
        inputs = self._inputs.of(stage)
        room_bytes = stage.room_bytes(self._recipe) if stage.room_bytes else 0
        now = _now()
        partial, started = self._artifacts.begin(stage.name, inputs, now=now, room_bytes=room_bytes)
        again = "" if started == now else f"; going on with what began {started}"
        self._progress.started(stage.name, f"{stage.does} ({reason}{again})")
        seed = derived_seed(self._recipe.seed, stage.name)
        wall, cpu = time.monotonic(), cpu_s()
        figures = self._work(stage, seed, partial)
        about = Provenance(
            stage=stage.name,
            inputs=inputs,
            outputs={},
            seed=seed,
            versions=versions(),
            started=started,
            finished=_now(),
            wall_s=round(time.monotonic() - wall, 3),
            cpu_s=round(cpu_s() - cpu, 3),
        )
        self._artifacts.finish(stage.name, figures, about)
        self._progress.finished(figures)
        return self._came_of(stage, figures, about.wall_s, ran=True)

    def _work(self, stage: Stage, seed: int, partial: Path) -> Mapping[str, object]:
        context = StageContext(
            stage=stage.name,
            recipe=self._recipe,
            seed=seed,
            inputs={need: self._artifacts.folder(need) for need in stage.needs},
            partial=partial,
            checkpoints=partial / CHECKPOINTS,
            progress=self._progress,
            stop=self._stop,
        )
        try:
            with libraries_for(stage.name):
                figures: Mapping[str, object] = entry(stage.function)(context)
        except OSError as error:
            if error.errno in DISK_FAULTS or shutil.disk_usage(partial).free < NEARLY_FULL_BYTES:
                raise refused(partial, error) from error
            raise
        missing = [name for name in stage.gives if not (partial / name).exists()]
        if missing:
            msg = f"{stage.name} ended without {', '.join(missing)}"
            raise RuntimeError(msg)
        return figures


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

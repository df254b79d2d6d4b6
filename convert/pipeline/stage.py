"""What a stage is, and what it is handed when it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from convert.pipeline.progress import Progress
    from convert.recipe import Recipe


class Interrupted(KeyboardInterrupt):
    """Raised by a stage that was asked to stop, once its checkpoint is written."""


@dataclass(frozen=True, slots=True)
class StageContext:
    """All that a stage may look at, and the one folder it may write to.

    Attributes:
        stage: The stage's name.
        recipe: How the model is made. ``recipe.data.footage`` is the folder in
            force: that of the command line, else that of the file.
        seed: Where this stage's dice start: ``numpy.random.default_rng(seed)``.
        inputs: Folders of the finished stages it needs, by their names; read-only.
        partial: Where its files go; kept when it is interrupted.
        checkpoints: A folder inside ``partial`` for what it needs to go on after an
            interruption; removed when the stage is done.
        progress: Where it tells how far it is.
        stop: Whether somebody asked it to stop.
    """

    stage: str
    recipe: Recipe
    seed: int
    inputs: Mapping[str, Path]
    partial: Path
    checkpoints: Path
    progress: Progress
    stop: Callable[[], bool]

    def give_way(self) -> None:
        """Call after each checkpoint.

        Raises:
            Interrupted: Somebody asked to stop.
        """
        if self.stop():
            raise Interrupted


class StageFunction(Protocol):
    """The work of a stage."""

    def __call__(self, context: StageContext, /) -> Mapping[str, object]:
        """Write the stage's files to ``context.partial``; return its figures.

        Figures are what JSON can hold, by short names: they go to ``figures.json``
        and into the table at the end.

        Raises:
            Interrupted: It was asked to stop; its checkpoint is written.
            EdgeError: It cannot be done; the message says why and what to do.
        """
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """One step from a recipe to a model.

    Attributes:
        name: Its name, which is also its command and its folder.
        does: What it does, in a few words, for the help.
        function: The work, ``module:function``, imported when it runs.
        needs: Stages whose artifacts it reads.
        tables: Tables of the recipe that it looks at; changing another one never
            runs it again. ``recipe`` stands for the name and the version.
        footage: Whether it looks at the user's own footage.
        decides: Whether ``passed: False`` among its figures keeps the stages after it
            from running.
        gives: Files and folders that must be there when it is done.
        room_bytes: Free space that it needs for a recipe.
        revision: Counts up whenever the stage would make something else of the
            same inputs.
    """

    name: str
    does: str
    function: str
    needs: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    footage: bool = False
    decides: bool = False
    gives: tuple[str, ...] = ()
    room_bytes: Callable[[Recipe], int] | None = None
    revision: int = 1

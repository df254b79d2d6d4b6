"""Artifacts: what a stage made, in a folder of its own, with where it came from.

A stage writes to ``<stage>.partial/``. When it is done, ``provenance.json`` is
written beside its files and the folder becomes ``<stage>/``: what has that name is
whole. An interrupted stage leaves its partial folder, and goes on there if nothing
it depends on has changed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from convert.pipeline.files import digests, read_json, refused, write_json
from convert.pipeline.provenance import Provenance
from convert.pipeline.results import FIGURES, figures_of
from edge.errors import ConfigError, StorageError
from edge.files import sync

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PROVENANCE = "provenance.json"
BEGUN = "begun.json"
CHECKPOINTS = "checkpoints"
LOCK = ".lock"
_BLOCK_BYTES = 512
_OUTSIDE = frozenset({PROVENANCE, BEGUN})
"""Not among the digested files: what tells of them."""


class Artifacts:
    """The folders of all stages below one work folder.

    Args:
        root: The work folder; made when missing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._sound: dict[str, Provenance] = {}

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other builds out of the work folder.

        Raises:
            ConfigError: Another build is in it.
            StorageError: The folder cannot be written.
        """
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise refused(self._root, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            msg = f"{self._root}: another build is at work here; wait for it, or name another with --work DIR"
            raise ConfigError(msg) from error
        except OSError as error:
            os.close(handle)
            raise refused(self._root, error) from error
        try:
            yield
        finally:
            os.close(handle)

    def folder(self, stage: str) -> Path:
        """Return where a stage's finished files are, or would be."""
        return self._root / stage

    def sound(self, stage: str) -> Provenance | None:
        """Return where an artifact came from, when it is whole and undamaged; else ``None``.

        Its files are read and held against their digests, once.

        Raises:
            StorageError: The disk refuses.
        """
        if stage not in self._sound:
            partial = self._partial(stage)
            if _whole(partial):  # ended between its last file and its name
                self._name(partial, self.folder(stage))
            provenance = _whole(self.folder(stage))
            if provenance is None:
                return None
            self._sound[stage] = provenance
        return self._sound[stage]

    def figures(self, stage: str) -> Mapping[str, object]:
        """Return the figures of a sound artifact.

        Raises:
            StorageError: They cannot be read.
        """
        return figures_of(self.folder(stage))

    def begin(self, stage: str, inputs: Mapping[str, str], *, now: str, room_bytes: int) -> tuple[Path, str]:
        """Open a stage's partial folder: as it was left, if the inputs are the same, else empty.

        Args:
            stage: The stage.
            inputs: Digests of all it depends on.
            now: The time of day.
            room_bytes: Space that its files need.

        Returns:
            The folder, and when work in it began; equal to ``now`` in an empty one.

        Raises:
            StorageError: The disk is too full, or refuses.
        """
        partial = self._partial(stage)
        try:
            begun = _begun(partial, inputs)
            if begun is None:
                _remove(partial)
                partial.mkdir(parents=True)
                begun = now
                write_json(partial / BEGUN, {"inputs": dict(inputs), "started": now})
            (partial / CHECKPOINTS).mkdir(exist_ok=True)
            room = shutil.disk_usage(partial).free + _used_bytes(partial)
        except OSError as error:
            raise refused(partial, error) from error
        if room < room_bytes:
            msg = (
                f"{partial}: {stage} needs {room_bytes / 1e6:.0f} MB, and there is room for"
                f" {room / 1e6:.0f} MB; make room, or name a folder on another disk with --work DIR"
            )
            raise StorageError(msg)
        return partial, begun

    def finish(self, stage: str, figures: Mapping[str, object], about: Provenance) -> Provenance:
        """Turn a stage's partial folder into its artifact; a power cut leaves the one or the other.

        Args:
            stage: The stage.
            figures: What it found out.
            about: Where its files came from; ``outputs`` is filled in here.

        Raises:
            StorageError: The disk refuses.
        """
        partial, folder = self._partial(stage), self.folder(stage)
        try:
            write_json(partial / FIGURES, figures)
            _remove(partial / CHECKPOINTS)
            whole = about.with_outputs(digests(partial, without=_OUTSIDE, settle=True))
            write_json(partial / PROVENANCE, whole.as_json())
            (partial / BEGUN).unlink(missing_ok=True)
        except OSError as error:
            raise refused(partial, error) from error
        self._name(partial, folder)
        self._sound[stage] = whole
        return whole

    def discard(self, stage: str) -> None:
        """Remove a stage's artifact and whatever was begun.

        Raises:
            StorageError: The disk refuses.
        """
        self._sound.pop(stage, None)
        try:
            _remove(self.folder(stage))
            _remove(self._partial(stage))
        except OSError as error:
            raise refused(self.folder(stage), error) from error

    def _partial(self, stage: str) -> Path:
        return self._root / f"{stage}.partial"

    def _name(self, partial: Path, folder: Path) -> None:
        """Give a whole partial folder the name of an artifact, in place of an older one."""
        try:
            _remove(folder)
            partial.rename(folder)
            sync(self._root)
        except OSError as error:
            raise refused(folder, error) from error


def _whole(folder: Path) -> Provenance | None:
    """Return what a folder's provenance says, if its files are those."""
    try:
        provenance = Provenance.of(read_json(folder / PROVENANCE))
        return provenance if digests(folder, without=_OUTSIDE) == provenance.outputs else None
    except (OSError, ValueError):
        return None


def _begun(partial: Path, inputs: Mapping[str, str]) -> str | None:
    """Return when work in a partial folder began, if it began with these inputs."""
    try:
        begun = read_json(partial / BEGUN)
    except (OSError, ValueError):
        return None
    started = begun.get("started")
    return started if begun.get("inputs") == inputs and isinstance(started, str) else None


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _used_bytes(folder: Path) -> int:
    """Return what a folder's files take on the disk; parts never written take nothing."""
    return sum(path.stat().st_blocks * _BLOCK_BYTES for path in folder.rglob("*") if path.is_file())

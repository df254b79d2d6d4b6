"""The ``synth`` stage: paint pairs, for training and for validation."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

import cv2
import numpy as np

from convert.data import footage, photographs, sheet, stored, synth
from convert.data.backgrounds import Backgrounds
from convert.evaluate.writing import write_picture
from edge.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from convert.pipeline.stage import StageContext
    from convert.recipe import DataRecipe

SPLITS = ("training", "validation")
CHUNK = 200
"""Pairs painted between two looks at whether to stop."""

FOOTAGE = "footage"
SHOWN = 30
"""Pairs on the contact sheet."""

Sources = tuple[tuple["Path", ...], ...]
"""Files of a user's own pictures, for each split."""


@dataclass(frozen=True, slots=True)
class Job:
    """Some pairs to paint.

    Attributes:
        folder: Where the split is stored.
        split: Its number in ``SPLITS``.
        start: First pair.
        end: One after the last.
    """

    folder: Path
    split: int
    start: int
    end: int


def run(context: StageContext) -> Mapping[str, object]:
    """Paint ``training/``, ``validation/`` and ``sheet.png``; see ``convert.pipeline.stage``.

    Pair ``i`` of a split depends on the seed, the split and ``i`` alone: it is the
    same however often the work was interrupted, and on however many cores.
    """
    data = context.recipe.data
    jobs: list[Job] = []
    for number, (split, count) in enumerate(zip(SPLITS, (data.pairs, data.validation_pairs), strict=True)):
        folder = context.partial / split
        stored.make(folder, count, data.size_px)
        jobs += [Job(folder, number, at, min(at + CHUNK, count)) for at in range(0, count, CHUNK)]
    marks = {job: context.checkpoints / f"{SPLITS[job.split]}-{job.start}" for job in jobs}
    left = [job for job in jobs if not marks[job].exists()]
    sources = _sources(data, context.checkpoints / FOOTAGE)
    with _pool(context, sources, most=len(left)) as pool:
        try:
            for job, _ in zip(left, pool.map(_paint, left), strict=True):
                marks[job].touch()
                context.progress.step(sum(mark.exists() for mark in marks.values()), len(jobs))
                if context.stop():
                    pool.shutdown(cancel_futures=True)
                    context.give_way()
        except BrokenProcessPool as error:
            context.give_way()  # whoever stops a service ends its painters as well
            msg = "a painting process was ended: memory is short; free some, and run the same command again"
            raise StorageError(msg) from error
    if not stored.read(context.partial / SPLITS[1]).mask.any():
        msg = (
            "recipe: nothing changed in any of the validation pairs, by which the threshold is chosen: "
            "raise data.validation_pairs or data.changed_share"
        )
        raise ConfigError(msg)
    write_picture(context.partial / "sheet.png", sheet.contact_sheet(_shown(context, sources))[..., ::-1])
    pairs = stored.read(context.partial / SPLITS[0])
    changed = [bool(mask.any()) for mask in pairs.mask]
    return {"pairs": len(pairs), "changed_share": round(float(np.mean(changed)), 4)}


def _shown(context: StageContext, sources: Sources) -> list[synth.SynthPair]:
    """Return the first training pairs once more, this time with how they were changed."""
    data = context.recipe.data
    backgrounds = _backgrounds(sources)[0]
    return [
        synth.pair(np.random.default_rng([context.seed, 0, index]), backgrounds, data)
        for index in range(min(SHOWN, data.pairs))
    ]


def _sources(data: DataRecipe, folder: Path) -> Sources:
    """Return the files of a user's own pictures, for each split; faults in them are told here.

    All painting processes read them from one place: in each one's memory they
    would be too many.
    """
    photographs.load(photographs.TRAINING + photographs.RESERVED)
    if data.footage is None:
        return (), ()
    folder.mkdir(exist_ok=True)
    pictures = footage.read(data.footage)
    paths = tuple(folder / f"{number}.npy" for number in range(len(pictures)))
    for path, pixels in zip(paths, pictures, strict=True):
        np.save(path, pixels)
    first = footage.for_training(len(paths))
    return paths[:first], paths[first:]


def _pool(context: StageContext, sources: Sources, *, most: int) -> ProcessPoolExecutor:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ProcessPoolExecutor(
        max(1, min(cores, most)),
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(context.recipe.data, context.seed, sources),
    )


class _Painter:
    """What a painting process holds on to: set once, when it begins."""

    data: DataRecipe
    seed: int
    backgrounds: tuple[Backgrounds, ...]


def _begin(data: DataRecipe, seed: int, sources: Sources) -> None:
    # Ctrl-C reaches every process of a terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    _Painter.data, _Painter.seed = data, seed
    _Painter.backgrounds = _backgrounds(sources)


def _backgrounds(sources: Sources) -> tuple[Backgrounds, ...]:
    return tuple(
        Backgrounds(photographs.load(names), footage=[np.load(path, mmap_mode="r") for path in paths])
        for names, paths in zip((photographs.TRAINING, photographs.RESERVED), sources, strict=True)
    )


def _paint(job: Job) -> None:
    pairs, backgrounds = stored.read(job.folder, writable=True), _Painter.backgrounds[job.split]
    for index in range(job.start, job.end):
        rng = np.random.default_rng([_Painter.seed, job.split, index])
        painted = synth.pair(rng, backgrounds, _Painter.data)
        pairs.reference[index] = painted.reference
        pairs.current[index] = painted.current
        pairs.mask[index] = painted.mask
    # The mark that is set next must not outlive what it stands for.
    pairs.flush()

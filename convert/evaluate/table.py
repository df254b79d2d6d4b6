"""Every set, every method and some models, side by side in one table."""

from __future__ import annotations

import signal
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from convert.evaluate.command import DEFAULT, find_sets
from convert.evaluate.evaluation import evaluate, title
from convert.evaluate.figures import figures
from convert.evaluate.judge import CPU, FLOAT, NAMES, judge_of_method, judge_of_model
from convert.evaluate.pairs import find_set
from convert.evaluate.writing import as_json, make_folder, write_bytes
from convert.pipeline.progress import Progress
from edge.bundle_files import read_bundle
from edge.engines import DEFAULT_BUNDLE
from edge.errors import ConfigError, ContractError, ModelError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from convert.evaluate.figures import Figures
    from convert.evaluate.judge import Judge

FORMS = {"int8": CPU, "float": FLOAT}
"""Columns of a model, and the file of the bundle that each runs."""

MOST_PROCESSES = 2
TABLE, FIGURES = "table.md", "figures.json"

ROWS = {
    "ftol": "F within 2 px",
    "box_f": "F of boxes",
    "blob_recall": "changed regions found",
    "line_recall": "changed pixels found within 3 px",
    "mask_area": "share of pixels reported",
    "false_regions_per_mpx": "false regions per megapixel",
    "quiet": "unchanged pairs left alone",
    "quiet_false_px": "false share of the pixels of unchanged pairs",
    "f1": "F1 of pixels",
    "f1_best": "F1 of pixels at the best threshold",
    "image_accuracy": "accuracy by picture",
    "cut": "scores from",
}
"""One table each."""

Results = dict[str, dict[str, "Figures"]]
"""Figures by column, then by set."""


@dataclass(frozen=True, slots=True)
class Job:
    """One column of one set.

    Attributes:
        column: A method's name, or a model's name and form.
        folder: The set.
        out: Where its pictures go.
        model: Folder of the bundle, and which of its files; ``None`` for a method.
    """

    column: str
    folder: Path
    out: Path
    model: tuple[Path, str] | None


def run(args: argparse.Namespace) -> int:
    """Evaluate everything on everything.

    Args:
        args: ``pairs_root``, the folder of the sets; ``out``, the folder to write to;
            ``models``, folders of bundles or ``default``, or ``None`` for no model;
            ``methods``, a list of names, or ``None`` for all; ``processes``, 1 or 2;
            ``json``, whether to print JSON in place of Markdown.

    Returns:
        The exit code, 0.

    Raises:
        ConfigError: The arguments, or a set, cannot be used.
        ModelError: The model cannot be used.
        StorageError: The disk refuses.
    """
    root, out = Path(args.pairs_root), Path(args.out)
    folders = sorted(path.parent for path in root.glob("*/pairs") if path.is_dir())
    folders = [folder for folder in folders if any((folder / "pairs").iterdir())]
    if not folders:
        msg = f"{root}: no sets in it; name the folder that holds folders with 'pairs' in them"
        raise ConfigError(msg)
    find_sets(folders)
    columns: dict[str, tuple[Path, str] | None] = dict.fromkeys(args.methods or NAMES)
    columns |= _forms([DEFAULT_BUNDLE if each == DEFAULT else Path(each) for each in args.models or ()])
    jobs = [
        Job(column, folder, out / column.replace(" ", "-") / folder.name, model)
        for column, model in columns.items()
        for folder in folders
    ]
    results: Results = {column: {} for column in columns}
    progress = Progress(sys.stderr)
    progress.started("table", f"{len(columns)} columns, each on {len(folders)} sets")
    for done, (column, found) in enumerate(_done(jobs, min(args.processes, MOST_PROCESSES)), start=1):
        results[column] |= found
        progress.step(done, len(jobs))
    progress.finished({})
    markdown = as_markdown(results)
    write_bytes(out / TABLE, markdown.encode())
    write_bytes(out / FIGURES, as_json(results))
    sys.stdout.write(as_json(results).decode() if args.json else markdown)
    return 0


def as_markdown(results: Mapping[str, Mapping[str, Figures]]) -> str:
    """Return one table per figure: a row for each set that has it, a column for each method."""
    columns = list(results)
    sets = sorted({name for found in results.values() for name in found})
    parts: list[str] = []
    for key, words in ROWS.items():
        rows = [name for name in sets if any(key in results[column].get(name, {}) for column in columns)]
        if rows:
            lines = [f"| {words} | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
            lines += [f"| {name} | {_cells(results, columns, name, key)} |" for name in rows]
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _forms(bundles: Sequence[Path]) -> dict[str, tuple[Path, str] | None]:
    """Return the columns of models.

    Raises:
        ConfigError: Two of them have one name.
        ModelError: One of them is no bundle.
    """
    columns: dict[str, tuple[Path, str] | None] = {}
    for folder in bundles:
        name = read_bundle(folder).model
        for form, delegate in FORMS.items():
            if f"{name} {form}" in columns:
                msg = f"{folder}: another model is named {name!r} too; they would share a column"
                raise ConfigError(msg)
            columns[f"{name} {form}"] = folder, delegate
    return columns


def _cells(results: Mapping[str, Mapping[str, Figures]], columns: Sequence[str], name: str, key: str) -> str:
    values = [results[column].get(name, {}).get(key) for column in columns]
    return " | ".join("" if value is None else f"{value:.3g}" for value in values)


def _done(jobs: Sequence[Job], processes: int) -> Iterator[tuple[str, dict[str, Figures]]]:
    """Yield what each job came to, as they end."""
    if processes == 1:
        yield from map(_work, jobs)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin) as pool:
        waiting = [pool.submit(_work, job) for job in jobs]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    # Ctrl-C reaches every process of a terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)


def _work(job: Job) -> tuple[str, dict[str, Figures]]:
    make_folder(job.out)
    try:
        tallies = evaluate(find_set(job.folder), _judge(job), out=job.out)
    except ContractError as error:
        # It has more to say than travels from one process to another.
        raise ModelError(str(error)) from error
    return job.column, {title(job.folder.name, subset): figures(groups) for subset, groups in tallies.items()}


def _judge(job: Job) -> Judge:
    if job.model is None:
        return judge_of_method(job.column)
    bundle, delegate = job.model
    return judge_of_model(bundle, delegate=delegate, threads=1)

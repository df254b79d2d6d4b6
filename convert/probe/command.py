"""From recordings to figures and pictures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from convert.evaluate.writing import as_json, make_folder, write_bytes
from convert.pipeline.progress import Progress
from convert.probe.geometry import cut, part_of
from edge import app
from edge.config import CameraConfig, Source, SourceKind
from edge.core.limits import Limits
from edge.probe import Settings, probe, recorded
from edge.probe.album import sheet
from edge.probe.plan import SIDES_PX
from edge.probe.report import as_text
from edge.probe.result import pooled
from edge.sim.clock import SimClock
from edge.vision.encoded import encoded

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from convert.probe.geometry import Part
    from edge.ports import Engine
    from edge.probe import Footage, Result

DEFAULT, DIFFERENCE = "default", "difference"
FIGURES, RECALL = "probe.json", "recall.png"


def run(args: argparse.Namespace) -> int:
    """Probe recordings.

    Args:
        args: ``videos``, recordings of views in which nothing changes; ``model``, a
            bundle's folder, ``default`` or ``difference``; ``positions``, patches of
            each size and contrast; ``sides_px``, those sizes, or ``None``; ``seed``; ``fps``, looks a second;
            ``loop_frames``; ``crop``, a part of the view, or ``None``;
            ``min_change_px``; ``out``, a folder for figures and pictures, or
            ``None``; ``threads``, or ``None``; ``json``, whether figures are printed
            as JSON; ``quiet``, whether to keep silent meanwhile.

    Returns:
        The exit code, 0.

    Raises:
        CameraError: A recording cannot be played.
        ConfigError: A view cannot be learned, or has no such part.
        ModelError: The model cannot be used.
        StorageError: The disk refuses.
    """
    part = None if args.crop is None else part_of(args.crop)
    engine = _engine(args.model, args.threads)
    limits = Limits(min_change_px=args.min_change_px)
    settings = Settings(
        positions=args.positions,
        seed=args.seed,
        loop_frames=args.loop_frames,
        sides_px=tuple(sorted(set(args.sides_px or SIDES_PX))),
    )
    if args.out is not None:
        make_folder(args.out)
    progress = Progress(None if args.quiet else sys.stderr)
    results: list[Result] = []
    try:
        for name, video in _named(args.videos).items():
            progress.started("probe", f"{name}, {args.positions} patches of each size and contrast")
            footage = _filmed(name, video, args.fps, part)
            result = probe(footage, engine, limits, settings, step=progress.step)
            progress.finished({})
            results.append(result)
            if not args.json:
                sys.stdout.write(f"{as_text(result)}\n")
                sys.stdout.flush()
            if args.out is not None:
                _keep(args.out, result)
    finally:
        progress.close()
    figures = pooled(results)
    if args.out is not None:
        from convert.probe.plot import recall_picture  # noqa: PLC0415 - matplotlib is slow, and only wanted here

        write_bytes(args.out / FIGURES, as_json(figures))
        write_bytes(args.out / RECALL, recall_picture(results))
    if args.json:
        sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


def _engine(model: str, threads: int | None) -> Engine:
    if model == DIFFERENCE:
        return app.difference_engine()
    return app.engine_of(None if model == DEFAULT else Path(model), threads=threads)


def _named(videos: Sequence[Path]) -> dict[str, Path]:
    """Return recordings by a name each: that of the file, or its whole path where that is not enough."""
    stems = [video.stem for video in videos]
    return {video.stem if stems.count(video.stem) == 1 else str(video): video for video in videos}


def _filmed(name: str, video: Path, fps: float, part: Part | None) -> Footage:
    camera = CameraConfig(name, Source(SourceKind.FILE, str(video)), fps, Limits())
    # On a clock that nobody waits for.
    source = app.camera_of(camera, SimClock())
    frames = source.frames()
    try:
        return recorded(name, cut(frames, part), fps=fps)
    finally:
        source.close()


def _keep(folder: Path, result: Result) -> None:
    """Write pages of pictures: what was missed, and what was told where nothing was inserted."""
    name = result.name.strip("/").replace("/", "_")
    for page, snapshots in (("misses", result.album.misses), ("events", result.album.strays)):
        if snapshots:
            write_bytes(folder / f"{name}_{page}.png", encoded(sheet(snapshots)))

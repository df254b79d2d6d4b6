"""``stillwatch demo``: see it work, on a played scene or on pictures of one's own."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from edge.commands.run import stopped_by_signals
from edge.config import CameraConfig, Source, SourceKind
from edge.core.limits import Limits
from edge.demo import photographs, report
from edge.demo.narrator import Narrator
from edge.demo.plan import CLEAR_WITHIN_S, FPS, LIMITS, SECONDS, plan
from edge.demo.screen import Screen
from edge.demo.source import LIVE, read_source
from edge.demo.stage import Show, perform
from edge.demo.story import verdict
from edge.drivers.clock import SystemClock
from edge.drivers.folder_state import folder_state
from edge.errors import StorageError
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock

if TYPE_CHECKING:
    import argparse
    import threading

    from edge.demo.plan import Plan
    from edge.ports import Clock, Engine

INTERRUPTED = 130
NOT_AS_IT_SHOULD_BE = 1
CAMERA = "table"
OUT = Path("out")
OWN_LIMITS = Limits(learn_s=8.0, clear_s=5.0, persist_after_s=30.0)
"""The usual ones, with less waiting: recordings that people try first are short."""


def run(args: argparse.Namespace) -> int:
    """Perform, print what is told, write a page about it.

    Args:
        args: ``source``, what to film, ``None`` for the played scene; ``seconds``,
            when to stop, or ``None``; ``seed``, which scene; ``out``, the folder
            of the page, or ``None``; ``fast``, whether to play as fast as the
            machine can; ``json``, whether to print JSON lines.

    Returns:
        The exit code: 0 when what happened was told and nothing else was, or, with
        a source, when frames came and the subscriber got every event; else 1.

    Raises:
        EdgeError: What kept the demonstration from running.
    """
    out: Path = args.out or OUT
    _insist_on_room(out)
    screen = Screen(sys.stdout, json_lines=args.json)
    with stopped_by_signals() as stop:
        if args.source is None:
            story = plan(
                photographs.load(photographs.DEMONSTRATION), seed=args.seed, seconds=args.seconds or SECONDS
            )
            good = play(story, screen, stop, out=out, fast=args.fast)
        else:
            good = _film(args, screen, stop, out=out)
    screen.close()
    if stop.is_set() and args.source is None:  # a live source has no other end
        return INTERRUPTED
    return 0 if good else NOT_AS_IT_SHOULD_BE


def play(  # noqa: PLR0913 - a performance may be cast differently
    story: Plan,
    screen: Screen,
    stop: threading.Event,
    *,
    out: Path,
    fast: bool,
    engine: Engine | None = None,
) -> bool:
    """Play a scene in front of the device and a subscriber.

    Args:
        story: What happens, and what should be told.
        screen: Where events are printed.
        stop: Set by whoever wants an end.
        out: Folder of the page.
        fast: Play as fast as the machine can, instead of in real time.
        engine: In place of the default one.

    Returns:
        Whether what happened was told, and nothing else.
    """
    photograph = photographs.DEMONSTRATION
    clock = _virtual_clock() if fast else SystemClock()
    source = Source(SourceKind.SIM, photograph.file)
    show = Show(
        camera=CameraConfig(CAMERA, source, FPS, LIMITS),
        film=SimCamera(CAMERA, story.scene, story.script, clock, fps=FPS, seed=story.seed),
        clock=clock,
        real_time=not fast,
        engine=engine,
        tell=Narrator(story.truths, screen).tell,
        sight=story.sight,
    )
    screen.say(f"Filming {photograph.shows}, {story.script.seconds:.0f} seconds, scene {story.seed}.")
    recording = perform(show, out=out, screen=screen, stop=stop)
    table = verdict(
        story.truths,
        [told for _, told in recording.events()],
        recording.active_s(),
        clear_within_s=CLEAR_WITHIN_S,
        watched_s=recording.seconds,
    )
    page = report.write(report.story_run(story, table, recording, out), recording, out)
    screen.table(table)
    screen.facts(report.story_facts(recording, table))
    screen.say(f"{report.outcome(table)} The whole story: {page}")
    return table.passed


def _insist_on_room(out: Path) -> None:
    """See to it before the performance that its page can be written after it.

    Raises:
        StorageError: It cannot be.
    """
    fault = folder_state(out).fault
    if fault:
        msg = f"{out}: cannot be written to: {fault}; name another folder with --out"
        raise StorageError(msg)


def _film(args: argparse.Namespace, screen: Screen, stop: threading.Event, *, out: Path) -> bool:
    """Film what was named; return whether frames came and every event arrived."""
    source = read_source(args.source)
    live = source.kind in LIVE
    clock = SystemClock() if live or not args.fast else _virtual_clock()
    show = Show(
        camera=CameraConfig("camera", source, FPS, OWN_LIMITS),
        film=None,
        clock=clock,
        real_time=isinstance(clock, SystemClock),
        tell=lambda _frame: None,
        seconds=args.seconds,
    )
    until = f"{args.seconds:g} seconds" if args.seconds else "Ctrl-C" if live else "its end"
    screen.say(f"Watching {source} until {until}; learning takes {OWN_LIMITS.learn_s:.0f} seconds.")
    recording = perform(show, out=out, screen=screen, stop=stop)
    problem = f"The subscriber missed {recording.unheard} events." if recording.unheard else ""
    page = report.write(report.source_run(str(source), recording, out, problem=problem), recording, out)
    screen.facts(report.source_facts(recording))
    screen.say(f"{problem or report.ALL_HEARD} The whole story: {page}")
    return not problem


def _virtual_clock() -> Clock:
    """Return a clock that starts now and costs no waiting."""
    return SimClock(wall_ns=time.time_ns())

"""What the command line of the workstation understands."""

from __future__ import annotations

import argparse
from pathlib import Path

from convert.pipeline.stages import STAGES
from edge import __version__

PROGRAM = "stillwatch-convert"
METHODS = ("difference", "absdiff", "ecc", "band", "mog2", "knn")
TARGETS = ("cpu", "coral", "jetson")
MAX_SHEET = 1000
MAX_THREADS = 256
MAX_POSITIONS = 10_000
MAX_PATCH_PX = 64
MAX_NUMBER = 999_999_999
FPS = (0.1, 30.0)

_RECIPE = "default, document, smoke, or the path of yours"

_ABOUT = """\
Makes the change detector that your devices run: paints training pairs on
photographs and on your own footage, trains a small network, makes it smaller,
measures it, and puts it together. Nothing is downloaded, nothing needs labels.
"""

_FIRST_STEPS = """\
first steps:
  stillwatch-convert build --recipe smoke          every stage, small; takes minutes
  stillwatch-convert build --recipe default        a model like the one that stillwatch comes with
  stillwatch-convert build --recipe default --footage my-frames --out my-model

one stage after another; each goes on where it was interrupted:
  stillwatch-convert synth --recipe my.toml
  stillwatch-convert train --recipe my.toml

measure a model, or another method, on pairs of pictures with known changes:
  stillwatch-convert evaluate --model default --pairs my-pairs --out out/mine
  stillwatch-convert evaluate --method band --pairs my-pairs --out out/band

measure how small a change is found in a recording of your view:
  stillwatch-convert probe --video my-view.mp4 --out out/probe

a smallest my.toml; what it leaves out is as in the recipe "default":
  [recipe]
  name = "mine"

exit codes:
  0  done                                 4  a model cannot be used
  1  not good enough for the gate, or     5  the disk is full, or refuses
     something nobody foresaw             130  interrupted; the same command goes on
  2  fix the recipe or the arguments
"""


def parser() -> argparse.ArgumentParser:
    """Return what the command line understands."""
    program = argparse.ArgumentParser(
        prog=PROGRAM,
        description=_ABOUT,
        epilog=_FIRST_STEPS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    program.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = program.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _describe_build(_command(commands, "build", "all stages, from a recipe to a bundle"))
    for stage in STAGES:
        described = _command(commands, stage.name, stage.does)
        describe_other_use = _OTHER_USES.get(stage.name)
        _describe_stage(described, required=describe_other_use is None)
        if describe_other_use is not None:
            describe_other_use(described)
    _describe_table(_command(commands, "table", "measure models and methods on many sets, in one table"))
    compiled = _command(commands, "compile", "compile a model for an accelerator")
    compiled.add_argument(
        "--target", choices=("coral",), required=True, help="needs edgetpu_compiler on PATH"
    )
    compiled.add_argument("--model", type=Path, required=True, metavar="BUNDLE", help="gets the new file")
    sheet = _command(commands, "sheet", "show painted pairs side by side")
    sheet.add_argument("--recipe", required=True, metavar="FILE", help=_RECIPE)
    sheet.add_argument("--out", type=Path, required=True, metavar="PNG", help="the picture to write")
    sheet.add_argument("--count", type=_count, default=30, metavar="N", help="pairs to show; default: 30")
    _describe_probe(_command(commands, "probe", "measure how small a change is found in footage of a view"))
    return program


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, does: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=does, description=f"{does[0].upper()}{does[1:]}.", allow_abbrev=False
    )


def _describe_build(build: argparse.ArgumentParser) -> None:
    names = [stage.name for stage in STAGES]
    _describe_recipe(build, required=True)
    build.add_argument("--out", type=Path, metavar="DIR", help="also put a copy of the bundle here")
    build.add_argument("--until", choices=names, metavar="STAGE", help="last stage to run")
    build.add_argument(
        "--force",
        choices=names,
        default=[],
        action="append",
        metavar="STAGE",
        help="run it though up to date",
    )


def _describe_stage(stage: argparse.ArgumentParser, *, required: bool) -> None:
    _describe_recipe(stage, required=required)
    stage.add_argument("--force", action="store_true", help="run it though up to date")


def _describe_recipe(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument("--recipe", required=required, metavar="FILE", help=_RECIPE)
    command.add_argument("--work", type=Path, metavar="DIR", help="default: out/convert/NAME_OF_THE_RECIPE")
    command.add_argument(
        "--footage", type=Path, metavar="DIR", help="your pictures and recordings, as backgrounds"
    )
    command.add_argument(
        "--json", action="store_true", help="print JSON lines; sentences go to standard error"
    )
    command.add_argument("--quiet", action="store_true", help="no sentences meanwhile")


def _describe_evaluate(evaluate: argparse.ArgumentParser) -> None:
    group = evaluate.add_argument_group("instead of a stage of a build")
    which = group.add_mutually_exclusive_group()
    which.add_argument("--model", metavar="BUNDLE", help='folder of a bundle, or "default"')
    which.add_argument("--method", choices=METHODS, help="a method without a model, for comparison")
    group.add_argument(
        "--pairs", type=Path, action="append", metavar="SET", help="a set of pairs; repeatable"
    )
    group.add_argument("--out", type=Path, metavar="DIR", help="where scores, masks and figures go")
    group.add_argument("--threads", type=_threads, metavar="N", help="processor cores to use; default: all")
    group.add_argument("--float", action="store_true", help="the model before it became int8")


def _describe_table(table: argparse.ArgumentParser) -> None:
    table.add_argument(
        "--pairs-root", type=Path, required=True, metavar="DIR", help="folder of sets of pairs"
    )
    table.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the table goes")
    table.add_argument(
        "--model",
        dest="models",
        action="append",
        metavar="BUNDLE",
        help='columns for its int8 and float form; repeatable; a folder, or "default"',
    )
    table.add_argument(
        "--method",
        dest="methods",
        choices=METHODS,
        action="append",
        help="a column; repeatable; default: all",
    )
    table.add_argument(
        "--processes", type=int, choices=(1, 2), default=1, help="at the same time; default: 1"
    )
    table.add_argument("--json", action="store_true", help="print JSON in place of Markdown")


def _describe_probe(probe: argparse.ArgumentParser) -> None:
    probe.add_argument(
        "--video",
        dest="videos",
        type=Path,
        action="append",
        required=True,
        metavar="FILE",
        help="a view in which nothing changes; people may pass; repeatable",
    )
    probe.add_argument(
        "--model",
        default="default",
        metavar="BUNDLE",
        help='folder of a bundle, "default" or "difference"; default: default',
    )
    probe.add_argument("--out", type=Path, metavar="DIR", help="where figures and pictures go")
    probe.add_argument(
        "--positions",
        type=_positions,
        default=200,
        metavar="N",
        help="patches of each size and contrast; default: 200",
    )
    probe.add_argument(
        "--size",
        dest="sides_px",
        type=_patch,
        action="append",
        metavar="N",
        help="side of patches in pixels, repeatable; default: 3, 6 and 12",
    )
    probe.add_argument("--seed", type=_number, default=0, metavar="N", help="lays them elsewhere; default: 0")
    probe.add_argument("--fps", type=_fps, default=5.0, metavar="N", help="looks a second; default: 5")
    probe.add_argument(
        "--loop-frames",
        type=_number,
        default=6000,
        metavar="N",
        help="frames for which patches stay, 0 for none; default: 6000",
    )
    probe.add_argument(
        "--crop",
        metavar="WxH[+X+Y]",
        help="only this part of the view; without a corner, its middle",
    )
    probe.add_argument(
        "--min-change-px",
        type=_side,
        default=12,
        metavar="N",
        help="smallest change wanted, as in a configuration; default: 12",
    )
    probe.add_argument("--threads", type=_threads, metavar="N", help="processor cores of the network")
    probe.add_argument("--json", action="store_true", help="print JSON in place of a table")
    probe.add_argument("--quiet", action="store_true", help="no sentences meanwhile")


def _describe_audit(audit: argparse.ArgumentParser) -> None:
    group = audit.add_argument_group("instead of a stage of a build")
    group.add_argument("--model", type=Path, metavar="BUNDLE|FILE", help="a bundle, or one model file")
    group.add_argument("--target", choices=TARGETS, help="the hardware")


_OTHER_USES = {"evaluate": _describe_evaluate, "audit": _describe_audit}
"""Commands that do something else when no recipe is named."""


def _count(text: str) -> int:
    return _whole(text, most=MAX_SHEET)


def _threads(text: str) -> int:
    return _whole(text, most=MAX_THREADS)


def _positions(text: str) -> int:
    return _whole(text, most=MAX_POSITIONS)


def _number(text: str) -> int:
    return _whole(text, least=0, most=MAX_NUMBER)


def _side(text: str) -> int:
    return _whole(text, least=3, most=500)


def _patch(text: str) -> int:
    return _whole(text, most=MAX_PATCH_PX)


def _fps(text: str) -> float:
    try:
        fps = float(text)
    except ValueError:
        fps = 0.0
    if not FPS[0] <= fps <= FPS[1]:  # so written that NaN fails too
        msg = f"must be a number from {FPS[0]:g} to {FPS[1]:g}, not {text[:80]!r}"
        raise argparse.ArgumentTypeError(msg)
    return fps


def _whole(text: str, *, most: int, least: int = 1) -> int:
    # Compare lengths first: Python refuses to read thousands of digits.
    if (
        not (text.isascii() and text.isdecimal())
        or len(text) > len(str(most))
        or not least <= int(text) <= most
    ):
        msg = f"must be a whole number from {least} to {most}, not {text[:80]!r}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)

"""``stillwatch init``: look at the cameras that are there, and write a first configuration."""

from __future__ import annotations

import json
import logging
import platform
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edge.config import parse, redacted
from edge.config.device import MACHINE_ID, default_device_id
from edge.config.files import PRIVATE, PUBLIC, write_text
from edge.errors import CameraError, ConfigError, HardwareError
from edge.files import is_there
from edge.setup.draft import LOCAL_BROKER, DraftCamera, draft

if TYPE_CHECKING:
    import argparse

    from edge.setup.viewing import Viewed

_NAME = "stillwatch"
_EXAMPLE = (DraftCamera("camera", "/dev/video0"),)


def run(args: argparse.Namespace) -> int:
    """Film, propose, write.

    Args:
        args: ``source``, a camera, or ``None`` for all that are found; ``url`` of the
            broker; ``allow_plain``, whether it may be spoken to in the open; ``out``, the
            file to write; ``force``, whether it may replace one;
            ``seconds``, how long to film; ``json``, whether to print JSON, and what
            happens meanwhile elsewhere.

    Returns:
        The exit code, 0.

    Raises:
        ConfigError: The file is there already, or an argument cannot be used.
        HardwareError: No camera gives a picture that can be judged.
        StorageError: The disk refuses.
    """
    out: Path = args.out
    if not args.force:
        _insist_on_room(out)
    url = args.url or LOCAL_BROKER
    # So that a wrong --url is told before anything is filmed.
    _text(_EXAMPLE, url, out, allow_plain=args.allow_plain)
    from edge.changes import write_files  # late: they load OpenCV
    from edge.vision.encoded import jpeg

    logging.basicConfig(handlers=[logging.NullHandler()])  # what drivers log is told in better words
    viewed = _viewed(args)
    text = _text([one.camera for one in viewed], url, out, allow_plain=args.allow_plain)
    pictures = {_picture(out, one, viewed): jpeg(one.picture) for one in viewed}
    write_files(out.parent, pictures)
    secret = any(redacted(one.camera.source) != one.camera.source for one in viewed)
    write_text(out, text, mode=PRIVATE if secret else PUBLIC)
    print(_as_json(out, viewed) if args.json else _as_lines(out, viewed))
    return 0


def _as_lines(out: Path, viewed: list[Viewed]) -> str:
    told = [f"{one.camera.name}: {one.camera.note}{'; ' if one.remark else ''}{one.remark}" for one in viewed]
    told.append(f"wrote {out}, and what was seen: {', '.join(_picture(out, one, viewed) for one in viewed)}")
    told.append(f"next: {_program()} doctor --config {out}")
    told.append(f"then: {_program()} run --config {out}")
    return "\n".join(told)


def _as_json(out: Path, viewed: list[Viewed]) -> str:
    cameras = [
        {
            "name": one.camera.name,
            "source": redacted(one.camera.source),
            "note": one.camera.note,
            "remark": one.remark,
            "picture": str(out.parent / _picture(out, one, viewed)),
        }
        for one in viewed
    ]
    return json.dumps({"file": str(out), "cameras": cameras}, indent=2)


def _insist_on_room(out: Path) -> None:
    """Refuse to replace a file that somebody may have written.

    Raises:
        ConfigError: There is one.
        StorageError: This user may not look.
    """
    fix = "name another with --out FILE"
    there = [out] if is_there(out, fix=fix) else sorted(out.parent.glob(f"{out.stem}*-view.jpg"))
    if there:
        msg = f"{there[0]} is there already; add --force to replace it, or {fix}"
        raise ConfigError(msg)


def _viewed(args: argparse.Namespace) -> list[Viewed]:
    """Look at the camera that was named, or at all that are found.

    Raises:
        HardwareError: None of them can be watched.
    """
    from edge.demo.source import read_source
    from edge.setup.viewing import source_text, view
    from edge.surroundings import RealSurroundings, found_sources

    sources = [source_text(read_source(args.source))] if args.source else found_sources()
    if not sources:
        msg = "no camera found; plug one in, or name it: --source /dev/video0, rtsp://HOST/PATH or CLIP.mp4"
        raise HardwareError(msg)
    found: list[Viewed] = []
    aside = sys.stderr if args.json else sys.stdout
    for source in sources:
        name = "camera" if len(sources) == 1 else f"camera{len(found) + 1}"
        print(f"filming {redacted(source)} for {args.seconds:g} s ...", file=aside, flush=True)
        try:
            found.append(view(name, source, RealSurroundings().camera, seconds=args.seconds))
        except CameraError as error:
            if args.source:
                raise
            print(f"  left out: {error}", file=aside)
    if not found:
        msg = "none of the cameras found can be watched; mend what is said above, or name one with --source"
        raise HardwareError(msg)
    return found


def _text(
    cameras: list[DraftCamera] | tuple[DraftCamera, ...], url: str, out: Path, *, allow_plain: bool
) -> str:
    """Return the configuration, read once to be sure that it can be.

    Raises:
        ConfigError: It cannot be: the URL is wrong.
    """
    device_id = None if default_device_id(MACHINE_ID) else _host_name()
    text = draft(
        cameras,
        url=url,
        allow_plain=allow_plain,
        device_id=device_id,
        file=str(out),
        picture=f"{out.stem}-view.jpg",
        program=_program(),
    )
    try:
        parse(text, origin=str(out))
    except ConfigError as error:
        faults = (
            fault.partition(": ")[2].replace("write allow_plain = true", "add --allow-plain")
            for fault in error.faults
        )
        raise ConfigError(*(f"--url: {fault}" for fault in faults)) from error
    return text


def _program() -> str:
    """Return what to type for this program: its path, where it is in an environment of its own."""
    called = Path(sys.argv[0])
    return str(called) if called.name == _NAME and shutil.which(_NAME) is None else _NAME


def _host_name() -> str:
    """Return this machine's name as far as it can be one of ours."""
    return re.sub(r"[^a-z0-9_-]", "-", platform.node().partition(".")[0].lower())[:32] or "stillwatch"


def _picture(out: Path, one: Viewed, viewed: list[Viewed]) -> str:
    return f"{out.stem}-view.jpg" if len(viewed) == 1 else f"{out.stem}-{one.camera.name}-view.jpg"

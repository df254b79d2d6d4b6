"""``stillwatch init``: look at the cameras that are there, and write a first configuration."""

from __future__ import annotations

import logging
import platform
import re
from typing import TYPE_CHECKING

from edge.config import parse, redacted
from edge.config.device import MACHINE_ID, default_device_id
from edge.config.files import PRIVATE, PUBLIC, write_text
from edge.errors import CameraError, ConfigError, HardwareError
from edge.setup.draft import LOCAL_BROKER, DraftCamera, draft

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from edge.setup.viewing import Viewed

_EXAMPLE = (DraftCamera("camera", "/dev/video0"),)


def run(args: argparse.Namespace) -> int:
    """Film, propose, write.

    Args:
        args: ``source``, a camera, or ``None`` for all that are found; ``url`` of the
            broker; ``out``, the file to write; ``force``, whether it may replace one;
            ``seconds``, how long to film.

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
    _text(_EXAMPLE, url, out)  # so that a wrong --url is told before anything is filmed
    from edge.changes import write_files  # late: they load OpenCV
    from edge.vision.encoded import jpeg

    logging.basicConfig(handlers=[logging.NullHandler()])  # what drivers log is told in better words
    viewed = _viewed(args)
    text = _text([one.camera for one in viewed], url, out)
    pictures = {_picture(out, one, viewed): jpeg(one.picture) for one in viewed}
    write_files(out.parent, pictures)
    secret = any(redacted(one.camera.source) != one.camera.source for one in viewed)
    write_text(out, text, mode=PRIVATE if secret else PUBLIC)
    for one in viewed:
        print(f"{one.camera.name}: {one.camera.note}{'; ' if one.remark else ''}{one.remark}")
    print(f"wrote {out}, and what was seen: {', '.join(pictures)}")
    print(f"next: stillwatch doctor --config {out}")
    return 0


def _insist_on_room(out: Path) -> None:
    """Refuse to replace a file that somebody may have written.

    Raises:
        ConfigError: There is one.
    """
    pictures = out.parent.glob(f"{out.stem}*-view.jpg") if out.parent.is_dir() else ()
    for file in (out, *sorted(pictures)):
        if file.exists():
            msg = f"{file} is there already; add --force to replace it, or name another with --out FILE"
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
    for source in sources:
        name = "camera" if len(sources) == 1 else f"camera{len(found) + 1}"
        print(f"filming {redacted(source)} for {args.seconds:g} s ...", flush=True)
        try:
            found.append(view(name, source, RealSurroundings().camera, seconds=args.seconds))
        except CameraError as error:
            if args.source:
                raise
            print(f"  left out: {error}")
    if not found:
        msg = "none of the cameras found can be watched; mend what is said above, or name one with --source"
        raise HardwareError(msg)
    return found


def _text(cameras: list[DraftCamera] | tuple[DraftCamera, ...], url: str, out: Path) -> str:
    """Return the configuration, read once to be sure that it can be.

    Raises:
        ConfigError: It cannot be: the URL is wrong.
    """
    device_id = None if default_device_id(MACHINE_ID) else _host_name()
    text = draft(cameras, url=url, device_id=device_id, file=str(out), picture=f"{out.stem}-view.jpg")
    try:
        parse(text, origin=str(out))
    except ConfigError as error:
        faults = (fault.partition(": ")[2] for fault in error.faults)
        raise ConfigError(*(f"--url: {fault}" for fault in faults)) from error
    return text


def _host_name() -> str:
    """Return this machine's name as far as it can be one of ours."""
    return re.sub(r"[^a-z0-9_-]", "-", platform.node().partition(".")[0].lower())[:32] or "stillwatch"


def _picture(out: Path, one: Viewed, viewed: list[Viewed]) -> str:
    return f"{out.stem}-view.jpg" if len(viewed) == 1 else f"{out.stem}-{one.camera.name}-view.jpg"

"""From a program to its pictures, and to the reason why there are none."""

from __future__ import annotations

import shutil
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from edge.drivers.camera_pipe.child import Child
from edge.drivers.camera_pipe.pictures import PictureStream
from edge.drivers.camera_pipe.remedies import remedy

if TYPE_CHECKING:
    from edge.drivers.camera_pipe.pictures import Picture
    from edge.drivers.camera_pipe.programs import Program
    from edge.ports import Shutter

FIRST_PICTURE_S = 15.0
"""A camera takes some seconds to start, on a busy board more."""

STALL_S = 5.0
STALL_PERIODS = 3.0
"""A program that takes pictures as rarely as wanted may be this late."""

TICK_S = 0.2


class PipeFeed:
    """Runs a program that films, and reads its pictures.

    A program that sends no picture for five seconds, or three of the wanted
    periods, has stalled: it is ended, and the next attempt starts it anew.

    Args:
        program: What to run.
        fps: Looks per second wanted.
        first_picture_s: How long it may take to start.
        stall_s: How long it may be silent later.
    """

    def __init__(
        self,
        program: Program,
        fps: float,
        *,
        first_picture_s: float = FIRST_PICTURE_S,
        stall_s: float = STALL_S,
    ) -> None:
        self._program = program
        slack_s = STALL_PERIODS / fps
        self._first_picture_s = max(first_picture_s, slack_s)
        self._stall_s = max(stall_s, slack_s)

    def __str__(self) -> str:
        """Return the source without a password."""
        return self._program.source

    def until_trouble(self, shutter: Shutter) -> str:
        """Run the program, and hand over each picture that is due; return why that ended."""
        program = self._program
        path = next(filter(None, map(shutil.which, program.names)), None)
        if path is None:
            return f"{' or '.join(program.names)} is not installed; {program.install}"
        try:
            with closing(Child((path, *program.arguments), video_fd=program.video_fd)) as child:
                trouble = self._follow(child, shutter) or child.verdict()
        except OSError as error:
            trouble = f"cannot be run: {error.strerror or error}"
        helps = remedy(trouble)
        return f"{Path(path).name} {trouble}{helps and '; '}{helps}"

    def _follow(self, child: Child, shutter: Shutter) -> str:
        """Return why the program is of no more use; the empty string where its video has ended."""
        pictures, damage = PictureStream(), ""
        patience_s, heard = self._first_picture_s, time.monotonic()
        while not shutter.closed:
            looked = time.monotonic()  # what lies there unread, because we were held up, counts as heard
            chunk = child.read(TICK_S)
            if chunk == b"":
                return ""
            try:
                for picture in pictures.feed(chunk or b""):
                    if shutter.due():
                        damage = _handed_over(picture, shutter)
                    if not damage:
                        patience_s, heard = self._stall_s, time.monotonic()
            except ValueError as error:
                return str(error)
            if looked - heard > patience_s:
                return f"sent no picture for {patience_s:g} s{damage}"
        return "closed"


def _handed_over(picture: Picture, shutter: Shutter) -> str:
    """Decode a picture; return what is wrong with it."""
    try:
        shutter.take(picture.pixels())
    except ValueError as error:
        return f"; the last one was {error}"
    return ""

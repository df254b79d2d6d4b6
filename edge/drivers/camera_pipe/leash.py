"""Becomes another program, one that dies with whoever started it. Run as a script.

    python -I -S leash.py STARTER VIDEO_FD PROGRAM ARGUMENT...

A process of its own does this, before it becomes the program: code that runs
between fork and exec can deadlock where there are threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h
STDOUT, STDERR = 1, 2


def main(starter: int, video_fd: int, words: list[str]) -> None:
    """Become the program.

    Args:
        starter: Process that must live.
        video_fd: Where the program will write its video: standard output, or a
            descriptor that then takes its place, while it prints to standard error.
        words: Path of the program, and its arguments.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != starter:
            return  # it was gone before we asked
    # Python ignores it, and whoever is ignored here is ignored there.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if video_fd != STDOUT:
        os.dup2(STDOUT, video_fd)
        os.dup2(STDERR, STDOUT)
    os.execv(words[0], words)  # noqa: S606 - no shell: that is the point


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])

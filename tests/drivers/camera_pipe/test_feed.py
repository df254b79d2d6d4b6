"""When a program that films is given up: by a clock and a program that do as they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.config import Source, SourceKind
from edge.drivers.camera_pipe import PipeFeed, feed, program
from edge.drivers.camera_pipe.feed import STALL_S, TICK_S

if TYPE_CHECKING:
    from edge.types import Pixels

HEAD = b"YUV4MPEG2 W2 H2 F30:1 C420jpeg\n"
PICTURE = b"FRAME\n" + bytes(6)
QUIET = TICK_S, None
END = 0.0, b""


class Played:
    """A program whose video comes in given pieces, each after so many seconds."""

    def __init__(self, pieces: list[tuple[float, bytes | None]]) -> None:
        self._pieces = iter(pieces)
        self._now_s = 0.0

    def monotonic(self) -> float:
        """Return the time that its pieces took so far."""
        return self._now_s

    def read(self, _timeout_s: float) -> bytes | None:
        """Return the next piece."""
        lasted_s, piece = next(self._pieces)
        self._now_s += lasted_s
        return piece

    def verdict(self) -> str:
        """Say that it has ended."""
        return "ended"

    def close(self) -> None:
        """End it."""


class Wanting:
    """Somebody who wants every picture."""

    closed = False

    def __init__(self) -> None:
        self.taken = 0

    def due(self) -> bool:
        """Want it."""
        return True

    def take(self, _pixels: Pixels) -> None:
        """Count it."""
        self.taken += 1


def followed(monkeypatch: pytest.MonkeyPatch, *pieces: tuple[float, bytes | None]) -> tuple[int, str]:
    """Return how many pictures were taken, and why no more."""
    played, shutter = Played(list(pieces)), Wanting()
    monkeypatch.setattr(feed, "time", played)
    monkeypatch.setattr(feed, "Child", lambda *_, **__: played)
    trouble = PipeFeed(program(Source(SourceKind.PIPE, "sh"), 5.0), 5.0).until_trouble(shutter)
    return shutter.taken, trouble


def test_a_program_that_goes_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    silence = [QUIET] * (round(STALL_S / TICK_S) + 3)
    assert followed(monkeypatch, (0.1, HEAD + PICTURE), *silence) == (1, "sh sent no picture for 5 s")


@pytest.mark.parametrize("then", [PICTURE, PICTURE * 3], ids=["one-picture", "three-pictures"])
def test_a_device_that_stood_still_looks_before_it_gives_up(
    monkeypatch: pytest.MonkeyPatch, then: bytes
) -> None:
    stood_still = STALL_S + 1.0, None
    pieces = (0.1, HEAD + PICTURE), stood_still, (0.0, then), QUIET, (0.1, PICTURE), END
    assert followed(monkeypatch, *pieces) == (2 + then.count(b"FRAME"), "sh ended")

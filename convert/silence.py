"""Keeps what libraries print to themselves from people, unless it says why they failed."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 20_000
MOST_CHARS = 300
_LIBRARY_ERRORS = (AttributeError, LookupError, NotImplementedError, RuntimeError, TypeError, ValueError)
_COMPLAINTS = ("error:", "Error:", "failed")


@contextmanager
def silenced() -> Iterator[IO[bytes]]:
    """Lead the process's output streams to a file, which is yielded.

    The libraries print from C++. What other threads print meanwhile is lost.
    """
    with tempfile.TemporaryFile() as said:
        _flush()
        kept = [os.dup(number) for number in (1, 2)]
        try:
            for number in (1, 2):
                os.dup2(said.fileno(), number)
            yield said
        finally:
            _flush()
            for number, was in zip((1, 2), kept, strict=True):
                os.dup2(was, number)
                os.close(was)


@contextmanager
def making(what: str) -> Iterator[None]:
    """Use a library in silence to make something.

    Args:
        what: Such as ``model.tflite``.

    Raises:
        ModelError: The library failed; says what it said.
    """
    with silenced() as said, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except _LIBRARY_ERRORS as error:
            msg = f"{what} cannot be made: {_cause(said, error)}"
            raise ModelError(msg) from error


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _cause(said: IO[bytes], error: Exception) -> str:
    """Return the first complaint that was printed, else what the exception says."""
    said.seek(0)
    lines = said.read(MOST_BYTES).decode(errors="replace").splitlines()
    complaints = [line for line in lines if any(word in line for word in _COMPLAINTS)]
    text = complaints[0] if complaints else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:MOST_CHARS]

"""What the demonstration prints while it runs, from more than one thread."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING

from edge.demo.timeline import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from edge.demo.story import Verdict
    from edge.demo.subscriber import Heard


class Screen:
    """Prints sentences, or JSON lines.

    When nobody reads any more, the rest is dropped until ``close`` says so.
    """

    def __init__(self, out: TextIO, *, json_lines: bool) -> None:
        """Print to ``out``.

        Args:
            out: Where to.
            json_lines: Print one JSON object per line instead of sentences.
        """
        self._out = out
        self._json = json_lines
        self._lock = threading.Lock()
        self._broken = False

    def say(self, text: str) -> None:
        """Print a remark."""
        self._put(text, {"remark": text})

    def moment(self, at_s: float, what: str) -> None:
        """Print what happens in the scene."""
        self._put(f"{clock(at_s)}  {what}", {"at_s": round(at_s, 3), "happens": what})

    def event(self, heard: Heard, at_s: float, latency_ms: float | None) -> None:
        """Print an event: a line about it, and its payload as it came."""
        late = "" if latency_ms is None else f", {latency_ms:.0f} ms after its picture was taken"
        told = heard.payload.decode("utf-8", errors="replace")
        self._put(
            f"{clock(at_s)}  MQTT {heard.topic}{late}\n{told}",
            {
                "at_s": round(at_s, 3),
                "topic": heard.topic,
                "latency_ms": None if latency_ms is None else round(latency_ms, 1),
                "event": json.loads(told),
            },
        )

    def table(self, verdict: Verdict) -> None:
        """Print what happened beside what was told."""
        rows = [("at", "what happened", "should be told", "was told", "after", "")]
        for line in verdict.lines:
            after = "" if line.after_s is None else f"{line.after_s:.1f} s"
            rows.append(
                (clock(line.at_s), line.what, line.wanted, line.told, after, "ok" if line.good else "WRONG")
            )
        lines = [asdict(line) for line in verdict.lines]
        self._put("\n" + columns(rows), {"lines": lines, "passed": verdict.passed})

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Print figures, each with its name."""
        self._put("\n" + columns([(name, figure) for name, figure in facts]), {"facts": dict(facts)})

    def close(self) -> None:
        """Stop printing.

        Raises:
            BrokenPipeError: Somebody stopped reading earlier.
        """
        if self._broken:
            raise BrokenPipeError

    def _put(self, text: str, fields: dict[str, object]) -> None:
        with self._lock:
            if self._broken:
                return
            try:
                self._out.write((json.dumps(fields, ensure_ascii=False) if self._json else text) + "\n")
                self._out.flush()
            except BrokenPipeError:
                self._broken = True


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as text, each column as wide as its widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )

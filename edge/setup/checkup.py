"""Checks that run side by side, each for a bounded time, and are told in order."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edge.setup.findings import Finding, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at.

    Attributes:
        name: What is looked at.
        run: Looks, and says what it found; raises nothing that was foreseen.
        limit_s: Seconds after which it is given up.
        code: What the program exits with if it is.
    """

    name: str
    run: Callable[[], list[Finding]]
    limit_s: float
    code: int


@dataclass(slots=True)
class _Running:
    check: Check
    thread: threading.Thread = field(init=False)
    found: list[Finding] = field(default_factory=list)
    error: BaseException | None = None

    def __post_init__(self) -> None:
        # A check that hangs must not keep the program from ending.
        self.thread = threading.Thread(target=self._run, name=f"check {self.check.name}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.found = self.check.run()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the answer is awaited
            self.error = error

    def answer(self, give_up_at: float) -> list[Finding]:
        self.thread.join(max(0.0, give_up_at - time.monotonic()))
        if self.error is not None:
            raise self.error
        if self.thread.is_alive():
            check = self.check
            return [
                failure(
                    check.name,
                    f"no answer within {check.limit_s:g} s",
                    "something hangs: try again, and restart the machine if it hangs again",
                    code=check.code,
                )
            ]
        return self.found


def examined(checks: Sequence[Check], *, begun: Callable[[str], None]) -> Iterator[Finding]:
    """Run checks side by side and yield what they find, in their order.

    Args:
        checks: What to look at.
        begun: Told the name of each check that is waited for.
    """
    began = time.monotonic()
    running = [_Running(check) for check in checks]
    for one in running:
        begun(one.check.name)
        yield from one.answer(began + one.check.limit_s)

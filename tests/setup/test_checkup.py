from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from edge.setup.checkup import Check, examined
from edge.setup.findings import ok

if TYPE_CHECKING:
    from edge.setup.findings import Finding


def check(name: str, *, limit_s: float = 30.0) -> Check:
    """Return a check that finds nothing wrong."""
    return Check(name, lambda: [ok(name, "fine")], limit_s, 3)


def names(checks: list[Check]) -> list[str]:
    return [found.name for found in examined(checks, begun=lambda _: None)]


def test_findings_come_in_the_order_of_the_checks() -> None:
    second_is_done = threading.Event()

    def first() -> list[Finding]:
        second_is_done.wait(30)
        return [ok("first", "fine")]

    def second() -> list[Finding]:
        second_is_done.set()
        return [ok("second", "fine")]

    assert names([Check("first", first, 30, 3), Check("second", second, 30, 3)]) == ["first", "second"]


def test_a_check_that_hangs_is_given_up_and_the_others_are_told() -> None:
    for_ever = threading.Event()

    def hang() -> list[Finding]:
        for_ever.wait()
        return []

    checks = [Check("hangs", hang, 0.01, 3), check("other")]
    first, other = examined(checks, begun=lambda _: None)
    for_ever.set()
    assert (first.name, first.text, first.code) == ("hangs", "no answer within 0.01 s", 3)
    assert other.text == "fine"


def test_each_check_that_is_waited_for_is_named() -> None:
    begun: list[str] = []
    list(examined([check("a"), check("b")], begun=begun.append))
    assert begun == ["a", "b"]


def test_what_nobody_foresaw_is_not_hidden() -> None:
    def fail() -> list[Finding]:
        raise LookupError

    with pytest.raises(LookupError):
        names([Check("bad", fail, 30, 3)])

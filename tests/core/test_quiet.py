from __future__ import annotations

from edge.core.quiet import EVERY_S, KINDS, Quiet


def test_the_first_is_said() -> None:
    assert Quiet().passes("a", 0.0) == 0


def test_the_next_ones_are_left_out_and_counted() -> None:
    quiet = Quiet()
    told = [quiet.passes("a", float(second)) for second in range(125)]
    assert [(at, count) for at, count in enumerate(told) if count is not None] == [
        (0, 0),
        (60, 59),
        (120, 59),
    ]


def test_what_happens_seldom_is_always_said() -> None:
    quiet = Quiet()
    assert [quiet.passes("a", turn * EVERY_S) for turn in range(3)] == [0, 0, 0]


def test_kinds_do_not_silence_each_other() -> None:
    quiet = Quiet()
    assert [quiet.passes(kind, 0.0) for kind in "aba"] == [0, 0, None]


def test_a_flood_of_kinds_is_forgotten_oldest_first() -> None:
    quiet = Quiet()
    for number in range(KINDS + 1):
        quiet.passes(str(number), 0.0)
    assert quiet.passes(str(KINDS), 0.0) is None
    assert quiet.passes("0", 0.0) == 0

"""How long to wait before trying again."""

from __future__ import annotations


def pause_s(failures: int, dice: float, *, first_s: float, longest_s: float) -> float:
    """Return how long to wait before connecting again, in seconds.

    Full jitter: anything up to a ceiling that doubles with every failure, so
    that a fleet does not come back all at once after a power cut.

    Args:
        failures: How many tries in a row were no good.
        dice: A throw in ``[0, 1)``.
        first_s: The ceiling before any failure.
        longest_s: The highest ceiling.
    """
    return dice * min(longest_s, first_s * 2.0 ** min(failures, 30))


def in_a_row(failures: int, worked_s: float, *, steady_s: float) -> int:
    """Return how many tries in a row were no good, after one more failure.

    Only what has worked for a while begins the count anew: something that always
    fails right after its start must not be started without pause.

    Args:
        failures: How many there were before.
        worked_s: How long it worked this time, 0 for not at all.
        steady_s: From when on it has worked for a while.
    """
    return 1 if worked_s >= steady_s else failures + 1

"""How long to wait before trying again."""

from __future__ import annotations

_ENOUGH = 30  # doublings: no pause is that long, and a float cannot hold 1024 of them


def doubled_s(times: int, *, first_s: float, longest_s: float) -> float:
    """Return a pause that doubles each time, in seconds.

    Args:
        times: How often it was doubled, any number.
        first_s: The pause before that.
        longest_s: It grows no longer than this.
    """
    return min(longest_s, first_s * 2.0 ** min(times, _ENOUGH))


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
    return dice * doubled_s(failures, first_s=first_s, longest_s=longest_s)


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

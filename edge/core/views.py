"""When a view that cannot be judged is worth an alert: once, and once more when it is well again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edge.types import View

if TYPE_CHECKING:
    from edge.types import Instant

HOLD_S = 2.0
"""A view must be bad, or well again, for this long to be told: somebody passes, a hand wipes the lens."""

START_HOLD_S = 15.0
"""The same for a camera that has not given a frame yet: it may take its time to start."""

ACTIVITY_HOLD_S = 2.0
"""Something that moved this recently is still told as activity."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What is known of one camera's view.

    Attributes:
        alerts: What was told since the view was last told to be well; it must
            survive a restart.
        view: How it is now; ``None`` before the first look.
        since: Since when it is so.
        bad_since: Since when it cannot be judged, for whatever reason; ``None``
            while it can.
    """

    alerts: tuple[View, ...] = ()
    view: View | None = None
    since: Instant | None = None
    bad_since: Instant | None = None


def followed(
    episode: Episode, view: View, now: Instant, *, hold_s: float = HOLD_S
) -> tuple[Episode, View | None]:
    """Take the view's state into account.

    Args:
        episode: What is known.
        view: How the view is.
        now: The moment.
        hold_s: How long a view must be bad to be told.

    Returns:
        What is known now; and what to tell, ``View.OK`` for a view that is well
        again, ``None`` for nothing.
    """
    since = now if episode.since is None or view is not episode.view else episode.since
    bad = view not in {View.OK, View.LEARNING}
    bad_since = (episode.bad_since or now) if bad else None
    episode = replace(episode, view=view, since=since, bad_since=bad_since)
    if view is View.OK and episode.alerts and now.seconds_since(since) >= HOLD_S:
        return replace(episode, alerts=()), View.OK
    if bad_since is None or view in episode.alerts:
        return episode, None
    # The first alert rides out a blink; another kind must be as sure of itself.
    held = now.seconds_since(since if episode.alerts else bad_since)
    if held < hold_s:
        return episode, None
    return replace(episode, alerts=(*episode.alerts, view)), view

"""What a device told, as whoever keeps it sees it: events, and gaps between them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from edge.core.encoding import canonical
from edge.core.wire import GAP

Key = tuple[str, str]
"""A device and an epoch of it."""

JOINED = "joined"
"""Why numbers are missing: they were told before we came."""

UNANSWERED = "unanswered"
"""Why numbers are missing: the device was asked for them again and again."""

UNREADABLE = "unreadable"
"""Why a number is missing: its message made no sense, and is kept apart."""

_OURS = (JOINED, UNANSWERED, UNREADABLE)


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event, as it is kept. Moments are RFC 3339, in UTC.

    Attributes:
        device: Whose.
        epoch: Random id of the device's journal.
        seq: Its number within the epoch.
        camera: Whose view.
        event_type: Which moment of a change's life, or of the view's.
        change_id: Which change; ``None`` for those of the view.
        ts: When it was decided.
        captured: When its picture was taken.
        clock_synced: Whether the device's clock could be believed.
        started: When the change was first seen.
        ended: When the change ended; ``None`` while it has not.
        end_reason: Why.
        view: Whether the view could be judged.
        kind: What happened there.
        score: The highest score of the change, in ``[0, 1]``.
        threshold: From which score on a pixel counts.
        persisted_s: How long the change has been there.
        area_px: Pixels that changed.
        late: Whether it was told long after it happened, or told again.
        boot: Random id of one run of the device.
        model: Name and version of what looked.
        payload: All of it, as JSON.
    """

    device: str
    epoch: str
    seq: int
    camera: str
    event_type: str
    change_id: str | None
    ts: str
    captured: str
    clock_synced: bool
    started: str | None
    ended: str | None
    end_reason: str | None
    view: str
    kind: str | None
    score: float | None
    threshold: float
    persisted_s: float | None
    area_px: int
    late: bool
    boot: str
    model: str
    payload: str

    @property
    def key(self) -> Key:
        """Whose sequence it belongs to."""
        return self.device, self.epoch

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last number it stands for."""
        return self.seq, self.seq


@dataclass(frozen=True, slots=True)
class ToldGap:
    """Events that nobody will tell any more.

    Attributes:
        device: Whose.
        epoch: Random id of the device's journal.
        first_seq: The first number that is gone, ``None`` where they never had numbers.
        last_seq: The last one, inclusive.
        seq: The number that the gap itself has, ``None`` for none.
        count: How many are gone, ``None`` where nobody knows.
        reason: Why.
        lost_epoch: The epoch they were numbered in, where that is over.
        ts: When that was found, RFC 3339.
        digest: Tells it from others; the same when it is told again.
        payload: All of it, as JSON.
    """

    device: str
    epoch: str
    first_seq: int | None
    last_seq: int | None
    seq: int | None
    count: int | None
    reason: str
    lost_epoch: str | None
    ts: str
    digest: str
    payload: str

    @property
    def key(self) -> Key:
        """Whose sequence it belongs to."""
        return self.device, self.epoch

    @property
    def told_by(self) -> str:
        """``device``, or ``consumer`` where we ourselves say that nothing will come."""
        return "consumer" if self.reason in _OURS else "device"

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last number it stands for; ``None`` for no number.

        A gap with a number of its own stands for what is gone right before it too.
        """
        if self.first_seq is None or self.last_seq is None:
            return None if self.seq is None else (self.seq, self.seq)
        if self.seq is None or self.first_seq <= self.seq <= self.last_seq:
            return self.first_seq, self.last_seq
        return (self.first_seq if self.seq == self.last_seq + 1 else self.seq), self.seq


Told = ToldEvent | ToldGap


def missing(key: Key, first_seq: int, last_seq: int, *, reason: str, ts: str) -> ToldGap:
    """Return the gap that a consumer declares itself.

    Args:
        key: In whose sequence.
        first_seq: The first number that will not come.
        last_seq: The last one.
        reason: Why not.
        ts: When that was decided, RFC 3339.
    """
    device, epoch = key
    payload = canonical(
        {
            "schema": GAP,
            "ts": ts,
            "device": device,
            "epoch": epoch,
            "seq": last_seq,
            "first_seq": first_seq,
            "last_seq": last_seq,
            "count": None,
            "reason": reason,
            "lost_epoch": None,
        }
    )
    return ToldGap(
        device,
        epoch,
        first_seq,
        last_seq,
        last_seq,
        None,
        reason,
        None,
        ts,
        digest_of(payload),
        payload.decode(),
    )


def digest_of(payload: bytes) -> str:
    """Return what tells a payload from others."""
    return hashlib.sha256(payload).hexdigest()

"""What a subscriber heard, and whether it is what happened."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.soak import plan

if TYPE_CHECKING:
    from pathlib import Path

RECOVERY_S = 45.0
"""So long after a fault a camera may still be away: it is called again less and less often."""

STAGED_VIEWS = {"lost": ("shelf", "stall", "program", "freeze"), "frozen": ("freeze",)}
"""A view that may be told within ``RECOVERY_S`` of certain faults."""


class Ear:
    """Listens at a broker, through all its lives, and writes down each event as it comes.

    Attributes:
        ready: Whether it hears everything now.
        began_s: Wall clock from which the plan counts.
    """

    def __init__(self, port: int, journal: Path) -> None:
        self.ready = threading.Event()
        self.began_s = 0.0
        self._journal = journal.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._live: Counter[tuple[str, int]] = Counter()
        self._events: dict[tuple[str, int], dict[str, object]] = {}
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("stillwatch/v1/soak/#", 1)
        self._client.on_subscribe = lambda *_: self.ready.set()
        self._client.on_disconnect = lambda *_: self.ready.clear()
        self._client.on_message = lambda _client, _data, message: self._hear(message)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()
        self._journal.close()

    def learned(self) -> set[str]:
        """Return the cameras whose scene is known."""
        return {str(one["camera"]) for one in self._all() if one["event_type"] == "reference_updated"}

    def numbers(self) -> set[tuple[str, int]]:
        """Return epoch and number of every event heard."""
        with self._lock:
            return set(self._events)

    def duplicates(self) -> int:
        """Return how many events rang more than once."""
        with self._lock:
            return sum(max(0, count - 1) for count in self._live.values())

    def wrong_views(self, faults: list[tuple[float, str]]) -> int:
        """Return how many views were told as disturbed that nobody disturbed."""
        return sum(
            event["event_type"] == "view_alert"
            and not _staged(str(event["view"]), self._second(event), faults)
            for event in self._all()
        )

    def wrong_changes(self, faults: list[tuple[float, str]]) -> int:
        """Return how many changes were told that were not staged, nor left over from a fault."""
        return sum(
            not plan.explained(self._second(event)) and not _near(self._second(event), faults)
            for event in self._started()
        )

    def missed(self, camera: str, faults: list[tuple[float, str]], seconds: float) -> tuple[int, int]:
        """Return how many staged changes no fault disturbed, and how many of them were not told."""
        told = [self._second(event) for event in self._started() if event["camera"] == camera]
        fair = [one for one in plan.episodes(seconds) if not any(_overlaps(one, at_s) for at_s, _ in faults)]
        return len(fair), sum(not any(start <= second <= end for second in told) for start, end in fair)

    def _started(self) -> list[dict[str, object]]:
        return [event for event in self._all() if event["event_type"] == "change_started"]

    def _all(self) -> list[dict[str, object]]:
        with self._lock:
            return list(self._events.values())

    def _second(self, event: dict[str, object]) -> float:
        moment = str(event["captured"] or event["ts"]).replace("Z", "+00:00")
        return datetime.fromisoformat(moment).timestamp() - self.began_s

    def _hear(self, message: mqtt.MQTTMessage) -> None:
        if not message.topic.endswith(("/event", "/event/late")):
            return
        event = json.loads(message.payload)
        number = event["epoch"], event["seq"]
        with self._lock:
            self._live[number] += message.topic.endswith("/event")
            if number not in self._events:
                self._events[number] = event
                self._journal.write(f"{json.dumps(event)}\n")
                self._journal.flush()


def _staged(view: str, second: float, faults: list[tuple[float, str]]) -> bool:
    if view == "ok":  # the end of a disturbance
        return True
    causes = STAGED_VIEWS.get(view, ())
    return second < 0 or _near(second, [fault for fault in faults if fault[1] in causes])


def _near(second: float, faults: list[tuple[float, str]]) -> bool:
    return any(at_s <= second <= at_s + RECOVERY_S for at_s, _ in faults)


def _overlaps(episode: tuple[float, float], at_s: float) -> bool:
    return at_s <= episode[1] and episode[0] <= at_s + RECOVERY_S

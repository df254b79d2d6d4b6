"""What happened at one camera becomes an event, with all that explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.core.masks import inside
from edge.learning import LIGHT
from edge.types import Event

if TYPE_CHECKING:
    from edge.known_scene import KnownScene
    from edge.ports import Clock
    from edge.types import Change, EventType, Instant, Look, View


class Announcer:
    """Makes one camera's events."""

    def __init__(self, camera: str, scene: KnownScene, clock: Clock) -> None:
        """Announce what happens in a scene.

        Args:
            camera: The camera's name.
            scene: What is known of it at each moment.
            clock: Says when something was decided.
        """
        self._camera = camera
        self._scene = scene
        self._clock = clock

    def event(
        self,
        kind: EventType,
        view: View,
        taken: Instant,
        *,
        change: Change | None = None,
        look: Look | None = None,
    ) -> Event:
        """Return an event.

        Args:
            kind: What happened.
            view: The state of the view.
            taken: When the frame was taken that showed it.
            change: What it is about; ``None`` where it is the whole view.
            look: What that frame showed; ``None`` where nothing was looked at.
        """
        scene = self._scene
        reference = scene.reference
        shape = (0, 0) if reference is None else reference.learned.shape
        placed = change is not None and inside(change.mask.box, shape)
        return Event(
            event_type=kind,
            camera=self._camera,
            decided_ns=self._clock.now().wall_ns,
            captured_ns=taken.wall_ns,
            change=change,
            view=view,
            threshold=scene.threshold_at(change.mask) if change and placed else scene.threshold,
            frame_size=(shape[1], shape[0]),
            shift_px=look.shift_px if look else (0.0, 0.0),
            reference=("", LIGHT) if reference is None else (reference.id, scene.light),
            model=scene.model,
            infer_ms=look.infer_ms if look else 0.0,
            rotation_deg=look.rotation_deg if look else 0.0,
            zoom=look.zoom if look else 1.0,
        )

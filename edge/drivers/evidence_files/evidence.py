"""Keeps what explains an alarm, and what explains a silence."""

from __future__ import annotations

import logging
from collections import deque
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import cv2

from edge.core import evidence, numbered
from edge.core.glance_bytes import packed
from edge.core.glances import Blind
from edge.core.limits import Limits
from edge.core.segments import LOOK, NUMBER, PICTURE, Record
from edge.core.witness import Witness
from edge.drivers.evidence_files.folder import RECORD, EventFolder
from edge.drivers.evidence_files.pictures import SMALL_QUALITY, cut_outs, small
from edge.drivers.evidence_files.ring import SegmentRing
from edge.vision.encoded import jpeg
from edge.vision.polygons import filled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.config import CameraConfig
    from edge.core.witness import Masks
    from edge.types import Event, Moment, Pixels

LOOKS = "looks"
USUAL_BYTES = 64 << 20
NUMBERS_WAITING = 1000

_log = logging.getLogger(__name__)


class FileEvidence:
    """Keeps a record and pictures of each event, and a ring of looks.

    Events are files named ``<number>-<time>-<change_id>-<event_type>-<what>``: a
    ``record.json``, ``before``, ``after`` and ``heat`` cut-outs of a change, the
    whole ``view`` of what has no place in it. Looks are segments in ``looks/``.
    Each half may take half of the room. A disk that refuses is logged once, until
    it takes something again.

    Args:
        directory: Made when missing.
        cameras: What counts for each, and where nothing is judged. One that is not
            named has the usual limits.
        max_bytes: Of everything together.
    """

    def __init__(
        self, directory: Path, cameras: Sequence[CameraConfig] = (), *, max_bytes: int = USUAL_BYTES
    ) -> None:
        self._directory = directory
        self._witnesses = {camera.name: Witness(camera.detect, _masks(camera)) for camera in cameras}
        self._private = {camera.name: camera.privacy for camera in cameras}
        self._events = EventFolder(directory, max_bytes=max_bytes // 2)
        self._ring = SegmentRing(directory / LOOKS, max_bytes=max_bytes // 2)
        self._numbers: deque[numbered.Numbered] = deque(maxlen=NUMBERS_WAITING)
        self._failing = False

    def note(self, moment: Moment) -> None:
        """Keep what is worth it; never raises."""
        witness = self._witnesses.setdefault(moment.camera, Witness(Limits()))
        witness.saw(moment)
        now_ns = moment.now.wall_ns
        try:
            for event in moment.events:
                self._keep(event, moment, witness)
            self._remember(moment, witness)
            while self._numbers:
                said = self._numbers[0]
                self._ring.append(Record(NUMBER, now_ns, moment.camera, numbered.encoded(said)))
                self._numbers.popleft()
        except (OSError, cv2.error) as error:
            if not self._failing:
                _log.warning("%s: no evidence is kept: %s", self._directory, error)
            self._failing = True
        else:
            self._failing = False

    def numbered(self, event: Event, epoch: str, seq: int) -> None:
        """Remember under which number an event was told; from any thread, never blocks."""
        self._numbers.append(numbered.numbered(event, epoch, seq))

    def _remember(self, moment: Moment, witness: Witness) -> None:
        if not witness.pace.keeps(moment.now, witness.news(moment)):
            return
        now_ns, camera = moment.now.wall_ns, moment.camera
        self._ring.append(Record(LOOK, now_ns, camera, packed(witness.glance(moment))))
        if moment.frame is not None and witness.pace.pictures(moment.now, told=bool(moment.events)):
            picture = jpeg(small(moment.frame.pixels), quality=SMALL_QUALITY)
            self._ring.append(Record(PICTURE, now_ns, camera, picture))

    def _keep(self, event: Event, moment: Moment, witness: Witness) -> None:
        change, reference, look, frame = event.change, moment.reference, moment.look, moment.frame
        age_s = None if reference is None else (moment.now.wall_ns - reference.taken_ns) / 1e9
        kept = evidence.evidence_of(
            event,
            witness.counts(event.threshold),
            shown=None if change is None or look is None else witness.hits(change.mask),
            activity=moment.activity,
            reference_age_s=age_s,
        )
        files = {RECORD: evidence.encoded(kept)}
        if change is not None and frame is not None and reference is not None and look is not None:
            before = self._shown(moment.camera, reference.pixels)
            pictures = cut_outs(change.mask.box, frame.pixels, before, look.score)
            files |= {name: jpeg(picture) for name, picture in pictures.items()}
        elif change is None and frame is not None:
            files["view"] = jpeg(small(frame.pixels), quality=SMALL_QUALITY)
        decided = datetime.fromtimestamp(event.decided_ns // 10**9, tz=timezone.utc)
        name = change.change_id if change is not None else event.camera
        self._events.store(f"{decided:%Y%m%dT%H%M%SZ}-{name}-{event.event_type.value}", files)

    def _shown(self, camera: str, pixels: Pixels) -> Pixels:
        """Return a reference without what has become private since it was learned."""
        private = self._private.get(camera, ())
        if not private:
            return pixels
        shown = pixels.copy()
        shown[filled(private, *pixels.shape[:2])] = 0
        return shown


def _masks(camera: CameraConfig) -> Masks:
    """Return where a camera's user wants nothing judged, once the size of the picture is known."""
    return lambda height, width: {
        Blind.IGNORED: filled(camera.ignore, height, width),
        Blind.PRIVATE: filled(camera.privacy, height, width),
    }

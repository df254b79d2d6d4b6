"""What earlier runs learned of a camera, as far as it is not damaged."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from edge.bank import MAX_LIGHTS
from edge.core.calibration import threshold_of
from edge.core.calibration.record import made_by
from edge.errors import StorageError

if TYPE_CHECKING:
    from edge.config import CameraConfig
    from edge.core.calibration.record import Record
    from edge.ports import Engine, Records, References
    from edge.types import Reference

log = logging.getLogger(__name__)


def known_references(camera: str, references: References) -> tuple[Reference, ...]:
    """Return its references, the golden one first."""
    for _ in range(MAX_LIGHTS + 1):
        try:
            return references.load(camera)
        except StorageError as error:  # noqa: PERF203 - at most once for each light state
            log.error("%s", error)  # noqa: TRY400 - the sentence says it all
    return ()


def known_record(camera: CameraConfig, engine: Engine, records: Records) -> Record | None:
    """Return what its view did by itself."""
    threshold = threshold_of(camera.detect.sensitivity, at=engine.contract.threshold)
    try:
        return records.load(camera.name, made_by(engine.contract.tag(engine.delegate), threshold))
    except StorageError as error:
        log.error("%s", error)  # noqa: TRY400 - the sentence says it all
    return None

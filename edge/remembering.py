"""A camera's post is manned as it was left: with what earlier runs learned, as far as it is not damaged."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from edge.bank import MAX_LIGHTS
from edge.config import SourceKind
from edge.core.calibration import threshold_of
from edge.core.calibration.record import made_by
from edge.errors import StorageError
from edge.watcher import Watcher

if TYPE_CHECKING:
    from edge.config import CameraConfig
    from edge.core.calibration.record import Record
    from edge.ports import Clock, Engine, Journal, Records, References
    from edge.types import Post, Reference

log = logging.getLogger(__name__)


def known_references(camera: str, references: References) -> tuple[Reference, ...]:
    """Return its references, the golden one first."""
    for _ in range(MAX_LIGHTS + 1):
        try:
            return references.load(camera)
        except StorageError as error:  # noqa: PERF203 - at most once for each light state
            log.error("%s", error)  # noqa: TRY400 - the sentence says it all
    return ()


def tuned(camera: CameraConfig, post: Post) -> CameraConfig:
    """Return a camera with the sensitivity that somebody ordered, in place of the configured one."""
    configured = camera.detect.sensitivity
    if post.sensitivity is None or post.sensitivity == configured:
        return camera
    log.info(
        "%s: sensitivity %g, as ordered; the configuration says %g", camera.name, post.sensitivity, configured
    )
    return replace(camera, detect=replace(camera.detect, sensitivity=post.sensitivity))


def known_record(camera: CameraConfig, engine: Engine, records: Records) -> Record | None:
    """Return what its view did by itself."""
    threshold = threshold_of(camera.detect.sensitivity, at=engine.contract.threshold)
    try:
        return records.load(camera.name, made_by(engine.contract.tag(engine.delegate), threshold))
    except StorageError as error:
        log.error("%s", error)  # noqa: TRY400 - the sentence says it all
    return None


def manned(  # noqa: PLR0913, PLR0917 - a post is manned from this much
    camera: CameraConfig,
    engine: Engine,
    clock: Clock,
    references: References,
    records: Records,
    journal: Journal,
) -> Watcher:
    """Man a camera's post as it was left.

    Args:
        camera: The camera.
        engine: Scores aligned pairs.
        clock: The device's clock.
        references: Keep how its scene looks.
        records: Keep what its view does by itself.
        journal: Keeps its open changes.
    """
    post = journal.post(camera.name)
    camera = tuned(camera, post)
    known = known_references(camera.name, references)
    return Watcher(
        camera.name,
        camera.detect,
        engine,
        clock,
        reference=known[0] if known else None,
        lights=known[1:],
        changes=journal.open_changes(camera.name),
        serial=journal.last_serial(camera.name),
        post=post,
        ignore=(*camera.ignore, *camera.privacy),
        record=known_record(camera, engine, records),
        live=camera.source.kind not in {SourceKind.FILE, SourceKind.FOLDER, SourceKind.SIM},
    )

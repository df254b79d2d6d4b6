"""The ``[[camera]]`` tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.config.device import NAME, NAME_RULE
from edge.config.polygons import read_polygons
from edge.config.settings import CameraConfig
from edge.config.sources import EXAMPLES, Source, SourceKind, parse_source, redacted
from edge.config.table import shown
from edge.core.limits import Limits
from edge.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.config.table import Table

MAX_CAMERAS = 64
START_WITHIN_S = 2.0
"""A change is told within this time of appearing: the product's promise."""

_CONFIRM_RULE = 'must be "M/N": at least M of the last N looks show it, 1 <= M <= N <= 100, such as "3/5"'
_ABSORB_RULE = 'must be "never" or a time from "1m" to "365d", such as "30m", "24h" or "7d"'
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}
_YEAR_S = 365 * 86_400


def read_cameras(top: Table, folder: Path) -> tuple[CameraConfig, ...]:
    """Read all of them; no two may have the same name."""
    cameras: list[CameraConfig] = []
    for table in top.tables("camera", at_most=MAX_CAMERAS):
        camera = _camera(table, folder)
        if camera.name and any(other.name == camera.name for other in cameras):
            table.fault("name", "another camera has this name; give each its own")
        cameras.append(camera)
    return tuple(cameras)


def _camera(table: Table, folder: Path) -> CameraConfig:
    name = table.text("name", "", pattern=NAME, rule=NAME_RULE)
    if not table.has("name"):
        table.fault("name", "missing; " + NAME_RULE)
    source = _source(table, folder)
    fps = table.number("fps", 2.0, low=0.1, high=30, unit="looks per second")
    detect = table.table("detect")
    limits = _limits(detect)
    _check_pace(detect, limits.confirm, fps)
    privacy, ignore = read_polygons(table, "privacy"), read_polygons(table, "ignore")
    table.finish()
    return CameraConfig(name, source, fps, limits, privacy, ignore)


def _source(table: Table, folder: Path) -> Source:
    nothing = Source(SourceKind.SIM, "")
    if not table.has("source"):
        table.fault("source", f"missing; write one of {EXAMPLES}")
        return nothing
    text = table.raw_text("source")
    if text is None:
        return nothing
    try:
        source = parse_source(text, folder=folder)
    except ConfigError as error:
        table.fault("source", f"{shown(redacted(text))}: {error}", secret=True)
        return nothing
    if source.kind is SourceKind.SIM:
        table.fault("source", f"a simulated camera is for `stillwatch demo`; write one of {EXAMPLES}")
    return source


def _limits(table: Table) -> Limits:
    usual = Limits()
    limits = Limits(
        min_change_px=table.integer("min_change_px", usual.min_change_px, low=3, high=500, unit="pixels"),
        sensitivity=table.number("sensitivity", usual.sensitivity, low=0, high=1),
        confirm=_confirm(table, usual.confirm),
        clear_s=table.number("clear_s", usual.clear_s, low=0, high=3600, unit="seconds"),
        update_every_s=table.number(
            "update_every_s", usual.update_every_s, low=1, high=86_400, unit="seconds"
        ),
        persist_after_s=table.number(
            "persist_after_s", usual.persist_after_s, low=1, high=604_800, unit="seconds"
        ),
        absorb_s=_absorb(table),
        max_shift_px=table.number("max_shift_px", usual.max_shift_px, low=0, high=200, unit="pixels"),
        learn_s=table.number("learn_s", usual.learn_s, low=1, high=3600, unit="seconds"),
        frozen_after_s=table.number(
            "frozen_after_s", usual.frozen_after_s, low=10, high=3600, unit="seconds"
        ),
        false_alarms_per_day=table.number(
            "false_alarms_per_day", usual.false_alarms_per_day, low=0.2, high=1000
        ),
    )
    table.finish()
    return limits


def _confirm(table: Table, usual: tuple[int, int]) -> tuple[int, int]:
    text = table.text("confirm", None, pattern=r"[0-9]{1,3}/[0-9]{1,3}", rule=_CONFIRM_RULE)
    if text is None:
        return usual
    m, n = (int(number) for number in text.split("/"))
    if 1 <= m <= n <= 100:  # noqa: PLR2004 - the rule above says it
        return m, n
    table.fault("confirm", _CONFIRM_RULE)
    return usual


def _check_pace(table: Table, confirm: tuple[int, int], fps: float) -> None:
    """Find looks that come too slowly to tell of a change in time.

    The first look that shows a change may come a whole period after it appeared,
    so ``m`` looks take ``m / fps`` seconds.
    """
    m, n = confirm
    if m / fps <= START_WITHIN_S:
        return
    most = int(START_WITHIN_S * fps)
    fewer = f', or write confirm = "{most}/{max(most, n)}"' if most else ""
    table.fault(
        "confirm",
        f"{m} looks at {fps:g} fps take {m / fps:g} s, and a change must be told within {START_WITHIN_S:g} s;"
        f" raise fps to {m / START_WITHIN_S:g}{fewer}",
    )


def _absorb(table: Table) -> float | None:
    text = table.text("absorb", "never", pattern=r"never|[0-9]{1,6}[mhd]", rule=_ABSORB_RULE)
    if text == "never":
        return None
    seconds = int(text[:-1]) * _SECONDS[text[-1]]
    if 60 <= seconds <= _YEAR_S:  # noqa: PLR2004 - one minute
        return float(seconds)
    table.fault("absorb", _ABSORB_RULE)
    return None

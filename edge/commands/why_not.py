"""``stillwatch why-not``: what kept the device silent."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from edge.commands.why import warn, watch_of
from edge.config import load
from edge.core import saying
from edge.core.encoding import canonical, fraction, model_tag, number, rfc3339
from edge.core.pace import LOOK_EVERY_S
from edge.core.why_not import why_not
from edge.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from edge.core.glances import Glance
    from edge.core.why_not import Place, Verdict
    from edge.types import Change

WHY_NOT = "stillwatch.why-not/1"
MARGIN_NS = round(LOOK_EVERY_S * 1e9)
"""Around a moment: a quiet view is looked at more often than looks are kept."""

MINUTE_NS = 60 * 10**9
PICTURES_SHOWN = 3
_AGO = re.compile(r"-?([0-9]{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_PLACE = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,9})?),\s*([0-9]{1,5}(?:\.[0-9]{1,9})?)")


class Stretch(NamedTuple):
    """A stretch of time, nanoseconds since 1970 UTC, both ends included."""

    since_ns: int
    until_ns: int


def run(args: argparse.Namespace) -> int:
    """Say why nothing was told.

    Args:
        args: ``camera``, or ``None``; ``at`` and ``place`` as texts, ``place`` may be
            ``None``; ``json``; ``out``, a folder for the pictures, or ``None``;
            ``state``, the state folder, or else ``config``.

    Returns:
        The exit code.

    Raises:
        ConfigError: The question makes no sense.
        StorageError: Nothing can be read, or ``out`` cannot be written to.
    """
    from edge.inquiry import inquire, write_files  # late: it loads OpenCV

    when = stretch(args.at, now_ns=time.time_ns())
    point = None if args.place is None else point_of(args.place)
    known = inquire(load(args.config) if args.state is None else args.state)
    reach = known.evidence.reach()
    camera = which(args.camera, sorted(reach))
    glances = known.evidence.glances(camera, when.since_ns - MARGIN_NS, when.until_ns + MARGIN_NS)
    place = None if point is None or not glances else in_pixels(point, glances[-1].frame_size)
    verdict = why_not(
        glances,
        place=place,
        told=_open_then(known.changes, camera, when),
        oldest_ns=reach[camera][0],
        until_ns=when.until_ns,
    )
    shown = known.evidence.pictures(camera, when.since_ns - 5 * MINUTE_NS, when.until_ns + 5 * MINUTE_NS)
    files = {_name(camera, taken_ns): content for taken_ns, content in _nearest(shown, when)}
    if args.out is not None:
        write_files(args.out, files)
    pictures = [] if args.out is None else [str(args.out / name) for name in files]
    said = saying.why_not(verdict, camera=camera, clock=watch_of, reach=reach[camera])
    if args.json:
        answer = {
            "schema": WHY_NOT,
            **question(camera, when, place),
            **figures(verdict),
            "sentences": said,
            "pictures": pictures,
            "skipped": known.evidence.skipped,
        }
        print(canonical(answer).decode())
        return 0
    print("\n".join(said))
    if pictures:
        print("pictures:", *(f"\n  {path}" for path in pictures), sep="")
    elif files:
        print(f"pictures of about that time: {len(files)}; --out DIR copies them")
    warn(known.evidence.skipped)
    return 0


def stretch(text: str, *, now_ns: int) -> Stretch:
    """Return the stretch of time that somebody means.

    Args:
        text: ``now``, ``5m``, ``12:31``, ``12:31:05``, or ISO 8601.
        now_ns: What time it is.

    Raises:
        ConfigError: It is no time, or one to come.
    """
    minute = False
    if text == "now":
        moment_ns = now_ns
    elif ago := _AGO.fullmatch(text):
        moment_ns = now_ns - int(ago[1]) * _SECONDS[ago[2]] * 10**9
    else:
        moment_ns, minute = _moment(text, now_ns)
    if moment_ns > now_ns:
        msg = f"--at {text}: that is yet to come; name a time that has passed, such as 12:31, now or 5m"
        raise ConfigError(msg)
    return Stretch(moment_ns, moment_ns + MINUTE_NS - 1 if minute else moment_ns)


def point_of(text: str) -> tuple[float, float]:
    """Return two numbers, ``X,Y``.

    Raises:
        ConfigError: They are none.
    """
    match = _PLACE.fullmatch(text)
    if not match:
        msg = f"--place {text}: write X,Y as shares of the picture, such as 0.41,0.22, or as pixels, 812,431"
        raise ConfigError(msg)
    return float(match[1]), float(match[2])


def in_pixels(point: tuple[float, float], frame_size: tuple[int, int]) -> Place:
    """Return a point in pixels: numbers of at most 1 are shares of the picture.

    Raises:
        ConfigError: It lies outside of the picture.
    """
    width, height = frame_size
    if max(point) <= 1.0:
        return min(point[0] * width, width - 1), min(point[1] * height, height - 1)
    if width and height and not (point[0] < width and point[1] < height):
        msg = f"--place {point[0]:g},{point[1]:g}: outside of the picture, which is {width} x {height} pixels"
        raise ConfigError(msg)
    return point


def which(wanted: str | None, cameras: Sequence[str]) -> str:
    """Return the camera that is meant.

    Raises:
        ConfigError: Nobody knows.
    """
    if not cameras:
        msg = "no look was kept yet: has the device run with this state folder?"
        raise ConfigError(msg)
    if wanted is None and len(cameras) == 1:
        return cameras[0]
    if wanted not in cameras or wanted is None:
        named = "which camera?" if wanted is None else f"{wanted}: no look of such a camera is kept;"
        msg = f"--camera: {named} known are {', '.join(cameras)}"
        raise ConfigError(msg)
    return wanted


def question(camera: str, when: Stretch, place: Place | None) -> dict[str, object]:
    """Return what was asked, for ``stillwatch.why-not/1``."""
    return {
        "camera": camera,
        "since": rfc3339(when.since_ns),
        "until": rfc3339(when.until_ns),
        "place": None if place is None else [number(part, 0, 65536, digits=1) for part in place],
    }


def figures(verdict: Verdict) -> dict[str, object]:
    """Return what was found, for ``stillwatch.why-not/1``."""
    counts = verdict.counts
    return {
        "reason": verdict.reason.value,
        "looks": verdict.looks,
        "judged": verdict.judged,
        "score": None if verdict.score is None else fraction(verdict.score),
        "threshold": None if counts is None else fraction(counts.threshold),
        "sensitivity": None if counts is None else fraction(counts.sensitivity),
        "enough": verdict.enough,
        "area_px": verdict.area_px,
        "least_core_px": None if counts is None else number(counts.least_core_px, 0, 1e9, digits=1),
        "shown": verdict.hits,
        "confirm": None if counts is None else list(counts.confirm),
        "moving": verdict.moving,
        "change_ids": list(verdict.change_ids),
        "look": None if verdict.at is None else _look(verdict.at),
    }


def _look(glance: Glance) -> dict[str, object]:
    return {
        "taken": rfc3339(glance.taken_ns),
        "view": glance.view.value,
        "activity": glance.activity,
        "armed": glance.armed,
        "shift_px": [number(shift, -1e5, 1e5, digits=2) for shift in glance.shift_px],
        "ref": {"id": glance.reference[0], "light": glance.reference[1]},
        "model": None if glance.model is None else model_tag(glance.model),
    }


def _open_then(changes: Sequence[Change], camera: str, when: Stretch) -> list[Change]:
    return [
        change
        for change in changes
        if change.camera == camera
        and change.started_ns <= when.until_ns + MARGIN_NS
        and (change.ended_ns is None or change.ended_ns >= when.since_ns - MARGIN_NS)
    ]


def _moment(text: str, now_ns: int) -> tuple[int, bool]:
    """Return a moment, and whether a whole minute is meant."""
    try:
        now = datetime.fromtimestamp(now_ns / 1e9).astimezone()
        if match := _CLOCK.fullmatch(text):
            hour, minute, second = (int(part or 0) for part in match.groups())
            moment = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
            if moment > now:
                moment -= timedelta(days=1)
        else:
            # Python 3.10 knows neither Z nor a time without minutes.
            moment = datetime.fromisoformat(text.removesuffix("Z") + ("+00:00" if text.endswith("Z") else ""))
        whole = text.rpartition("T")[2].partition("Z")[0].partition("+")[0].count(":") == 1
        return round(moment.timestamp()) * 10**9, whole
    except (ValueError, OverflowError, OSError) as error:
        msg = f"--at {text}: not a time; write 12:31, 2026-11-22T12:31:05, now or 5m"
        raise ConfigError(msg) from error


def _nearest(shown: Sequence[tuple[int, bytes]], when: Stretch) -> list[tuple[int, bytes]]:
    middle = (when.since_ns + when.until_ns) // 2
    nearest = sorted(shown, key=lambda one: abs(one[0] - middle))[:PICTURES_SHOWN]
    return sorted(nearest, key=lambda one: one[0])


def _name(camera: str, taken_ns: int) -> str:
    stamp = re.sub(r"[^0-9TZ]", "", rfc3339(taken_ns))
    return f"{re.sub(r'[^A-Za-z0-9_.-]', '_', camera)}-{stamp}.jpg"

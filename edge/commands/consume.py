"""``stillwatch consume``: the system of record, on SQLite or PostgreSQL."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from edge.commands.log_lines import log_to_stderr
from edge.commands.run import stopped_by_signals
from edge.config.arguments import mqtt_of
from edge.core.saying import duration

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from edge.consume.lag import Lag
    from edge.ports.consuming import EventStore, Standing

SCHEMA = "stillwatch.consume/1"

_HEADINGS = (
    "device",
    "epoch",
    "kept to",
    "missing",
    "waiting",
    "events",
    "gaps",
    "lost",
    "last event",
    "age",
)


def run(args: argparse.Namespace) -> int:
    """Consume until stopped, or say how far it has come.

    Args:
        args: ``into``, the database; ``status``, or else ``broker`` and how to be let
            in there; ``device``, whose events; ``json``.

    Returns:
        The exit code.

    Raises:
        ConfigError: An argument cannot be used.
        StorageError: The database does not open.
    """
    from edge import consumers  # late: it loads the drivers

    if args.status:
        store = consumers.store_at(args.into, read_only=True)
        try:
            show = _as_json if args.json else _as_table
            print(show(store.standings(), unreadable=store.unreadable(), now_ns=time.time_ns()))
        finally:
            store.close()
        return 0
    _consume(args)
    return 0


def _consume(args: argparse.Namespace) -> None:
    from edge import consumers
    from edge.consume import Consumer, keep_consuming

    keys = ("username", "password_file", "ca_file", "cert_file", "key_file")
    given = {key: None if getattr(args, key) is None else str(getattr(args, key)) for key in keys}
    mqtt = mqtt_of({"url": args.broker, "allow_plain": args.allow_plain, **given})
    wanted = frozenset() if consumers.EVERY_DEVICE in args.device else frozenset(args.device)
    log_to_stderr("json" if args.json else "text")

    def consumer_of(store: EventStore) -> Consumer:
        return Consumer(
            store,
            consumers.subscription(mqtt, store.consumer_id, wanted),
            consumers.system_clock(),
            wanted=wanted,
            tell=_tell_as_json if args.json else _tell,
        )

    with stopped_by_signals() as stop:
        keep_consuming(lambda: consumers.store_at(args.into), consumer_of, stop)


def _tell(lag: Lag) -> None:
    device, epoch = lag.position.key
    missing = f"; {lag.missing} missing" if lag.missing else ""
    print(
        f"{device} {epoch}: kept to {lag.position.seq}{missing}; last event {_age(lag.age_s)} old", flush=True
    )


def _tell_as_json(lag: Lag) -> None:
    print(json.dumps({"schema": SCHEMA, **_facts(lag)}), flush=True)


def _facts(lag: Lag) -> dict[str, object]:
    position = lag.position
    return {
        "device": position.key[0],
        "epoch": position.key[1],
        "seq": position.seq,
        "newest": position.newest,
        "missing": lag.missing,
        "waiting": position.waiting,
        "last_event": position.last_ts,
        "age_s": round(lag.age_s, 3),
    }


def _as_json(standings: Sequence[Standing], *, unreadable: int, now_ns: int) -> str:
    from edge.consume.lag import lag_of

    sequences = [
        {
            **_facts(lag_of(one.position, now_ns)),
            "events": one.events,
            "gaps": one.gaps,
            "lost": one.lost,
            "began": one.began,
        }
        for one in standings
    ]
    return json.dumps({"schema": SCHEMA, "sequences": sequences, "unreadable": unreadable})


def _as_table(standings: Sequence[Standing], *, unreadable: int, now_ns: int) -> str:
    """Return a line a sequence, aligned."""
    from edge.consume.lag import lag_of

    rows = [_HEADINGS, *(_row(one, lag_of(one.position, now_ns)) for one in standings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = (
        ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows] if standings else ["no events yet"]
    )
    if unreadable:
        lines.append(f"{unreadable} messages are kept apart in table unreadable: nobody can read them")
    return "\n".join(lines)


def _row(one: Standing, lag: Lag) -> tuple[str, ...]:
    position = one.position
    numbers = (position.seq, lag.missing, position.waiting, one.events, one.gaps, one.lost)
    return (*position.key, *map(str, numbers), position.last_ts, _age(lag.age_s))


def _age(seconds: float) -> str:
    return duration(seconds) if seconds >= 10 else f"{seconds:.1f} s"  # noqa: PLR2004 - as people say it

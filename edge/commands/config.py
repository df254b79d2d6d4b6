"""``stillwatch config``: what a configuration says, and whether it can be used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from edge.config.explaining import explained
from edge.config.files import write_text
from edge.config.migrating import migrated
from edge.config.reading import parse, text_of
from edge.config.table import shown
from edge.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from edge.config.explaining import Setting


def run(args: argparse.Namespace) -> int:
    """Check, explain or migrate a configuration.

    Args:
        args: ``action``: ``check``, ``explain`` or ``migrate``; ``file``; ``json`` for
            the first two; ``dry_run`` for the last.

    Returns:
        The exit code, 0.

    Raises:
        ConfigError: The file has faults; all are told.
        StorageError: The disk refuses the migrated file.
    """
    if args.action == "check":
        return _check(args)
    text = text_of(args.file)
    if args.action == "explain":
        settings = explained(text, origin=str(args.file))
        print(as_json(settings, args.file) if args.json else as_text(settings, args.file))
        return 0
    return _migrate(args, text)


def as_text(settings: list[Setting], file: Path) -> str:
    """Return each key as two lines: what is in force and where that is said; what it takes and means."""
    lines = []
    for setting in settings:
        value = "none" if setting.value is None else _toml(setting.value)
        origin = "default" if setting.line is None else f"{file}:{setting.line}"
        allowed = f"{setting.rule.allowed} {setting.rule.unit}".strip()
        lines += [f"{setting.key} = {value}   ({origin})", f"    {setting.about} Takes {allowed}."]
    return "\n".join(lines)


def as_json(settings: list[Setting], file: Path) -> str:
    """Return the same for programs; ``line`` is null for a default."""
    keys = [
        {
            "key": setting.key,
            "value": setting.value,
            "line": setting.line,
            "unit": setting.rule.unit or None,
            "allowed": setting.rule.allowed,
            "about": setting.about,
        }
        for setting in settings
    ]
    return json.dumps({"file": str(file), "keys": keys}, indent=2)


def _check(args: argparse.Namespace) -> int:
    try:
        config = parse(text_of(args.file), origin=str(args.file))
    except ConfigError as error:
        if args.json:
            print(json.dumps({"file": str(args.file), "faults": error.faults}, indent=2))
        raise
    if args.json:
        print(json.dumps({"file": str(args.file), "faults": []}, indent=2))
    else:
        cameras = ", ".join(camera.name for camera in config.cameras)
        print(
            f"{args.file}: no faults; device {config.device.id}, broker {config.mqtt.url}, cameras {cameras}"
        )
    return 0


def _migrate(args: argparse.Namespace, text: str) -> int:
    new = migrated(text, origin=str(args.file))
    if args.dry_run:
        print(new, end="")
    elif new == text:
        print(f"{args.file}: already as this version reads it")
    else:
        before, kept = _before(args.file), args.file.stat()
        mode, owner = kept.st_mode & 0o777, (kept.st_uid, kept.st_gid)
        write_text(before, text, mode=mode, owner=owner)
        write_text(args.file, new, mode=mode, owner=owner)
        print(f"{args.file}: migrated; as it was before: {before}")
    parse(new, origin=str(args.file))  # what else is wrong with it is told at the end
    return 0


def _before(file: Path) -> Path:
    """Return where to keep a file as it is: what was kept there earlier stays."""
    path, number = file.with_name(f"{file.name}.before"), 1
    while path.exists():
        number += 1
        path = file.with_name(f"{file.name}.before.{number}")
    return path


def _toml(value: object) -> str:
    return json.dumps(value) if isinstance(value, list) else shown(value)

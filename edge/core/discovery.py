"""How Home Assistant comes to show a device by itself: one document describes all its entities.

Home Assistant drops the whole document over one key it does not know at the root, and
over a missing origin; inside an entity it ignores what it does not know. Abbreviated
keys keep it small: brokers limit the size of a message.

Source:
    Home Assistant, "MQTT", device discovery payload (2024.11 and later), with its
    abbreviations; ``default_entity_id`` is obeyed from 2025.10 on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core import topics
from edge.core.encoding import canonical
from edge.types import EventType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PREFIX = "homeassistant"
"""Below which Home Assistant looks, unless it was told another place."""

BIRTH = f"{PREFIX}/status"
"""Where it says ``online`` when it has started, whatever its prefix is."""

MAX_BYTES = 192 * 1024
"""A description is never longer, whatever the names are and however many cameras there may be."""

_DISPENSABLE = (
    ("score", "fps", "infer"),
    ("image", "heatmap", "reference", "snapshot", "sensitivity", "relearn"),
)

STALE_S = 120
"""Figures of the device's health that are older than this are unknown; they come every 30 s."""

Entity = dict[str, object]


@dataclass(frozen=True, slots=True)
class Described:
    """What Home Assistant is told about a device.

    Attributes:
        device: Its id.
        version: Of this program.
        board: What the board calls itself.
        cameras: Their names; at least one.
        images: Pictures that the broker is given: ``change``, ``heatmap``, ``reference``.
    """

    device: str
    version: str
    board: str
    cameras: Sequence[str]
    images: Sequence[str] = ()


def topic(prefix: str, device: str) -> str:
    """Return where the description of a device is kept."""
    return f"{prefix}/device/{_unique(device)}/config"


def births(prefix: str) -> tuple[str, ...]:
    """Return where Home Assistant may say that it has started."""
    return tuple(dict.fromkeys((BIRTH, f"{prefix}/status")))


def entities(described: Described) -> dict[str, Entity]:
    """Return all entities of a device, each by its id within the device.

    A camera's name may hold underlines, the word behind it never does: ids differ.
    """
    base = topics.base(described.device)
    found: dict[str, Entity] = {}
    for camera in described.cameras:
        for word, entity in _of_camera(base, camera, described.images).items():
            found[f"{camera}_{word}"] = entity
    found.update(_of_device(base))
    for name, entity in found.items():
        entity["uniq_id"] = f"{_unique(described.device)}_{name}"
        entity["def_ent_id"] = f"{entity['p']}.{_slug(described.device)}_{_slug(name)}"
    return found


def description(described: Described) -> bytes:
    """Return what Home Assistant is told, as JSON of at most ``MAX_BYTES``.

    Where many cameras with long names would make it longer, what can be had elsewhere is
    left out: figures first, then pictures and settings.
    """
    found = entities(described)
    told = _document(described, found)
    for words in _DISPENSABLE:
        if len(told) <= MAX_BYTES:
            return told
        out = {f"{camera}_{word}" for camera in described.cameras for word in words}
        found = {name: entity for name, entity in found.items() if name not in out}
        told = _document(described, found)
    return told


def farewell(described: Described, gone: Mapping[str, str]) -> bytes:
    """Return what makes Home Assistant forget entities, as JSON of at most ``MAX_BYTES``.

    Args:
        described: The device.
        gone: The platform of each entity, by its id within the device.
    """
    return _document(described, {name: {"p": platform} for name, platform in gone.items()})


def _document(described: Described, components: Mapping[str, Entity]) -> bytes:
    return canonical(
        {
            "dev": {
                "ids": [_unique(described.device)],
                "name": _label(described.device),
                "mf": "stillwatch",
                "mdl": described.board,
                "sw": described.version,
            },
            "o": {"name": "stillwatch", "sw": described.version},
            "avty": [{"t": topics.status(topics.base(described.device))}],
            "qos": 1,
            "cmps": dict(components),
        }
    )


def _of_camera(base: str, camera: str, images: Sequence[str]) -> dict[str, Entity]:
    label = _label(camera)
    here = f"{base}/cam/{camera}"
    while_it_films: Entity = {
        "avty": [{"t": topics.status(base)}, {"t": topics.availability(base, camera)}],
        "avty_mode": "all",
    }
    state: Entity = {"~": here, "stat_t": "~/state"}
    # Only what changes with the truth: a score or a time would fill the recorder of Home Assistant.
    changes = _chosen("open", "change_ids", "light", "ref")
    found: dict[str, Entity] = {
        "change": {
            "p": "binary_sensor",
            "name": f"{label} change",
            **state,
            "val_tpl": "{{ value_json.change }}",
            "json_attr_t": "~/state",
            "json_attr_tpl": changes,
            **while_it_films,
        },
        "view": {
            "p": "binary_sensor",
            "name": f"{label} view",
            "dev_cla": "tamper",
            **state,
            "val_tpl": "{{ 'OFF' if value_json.view in ['ok','learning'] else 'ON' }}",
            "json_attr_t": "~/state",
            "json_attr_tpl": _chosen("view"),
        },
        "event": {
            "p": "event",
            "name": f"{label} event",
            "~": here,
            "stat_t": "~/event",
            "evt_typ": [kind.value for kind in EventType],
        },
        "armed": {
            "p": "switch",
            "name": f"{label} armed",
            **state,
            "cmd_t": "~/armed/set",
            "val_tpl": "{{ 'ON' if value_json.armed else 'OFF' }}",
        },
        "sensitivity": {
            "p": "number",
            "name": f"{label} sensitivity",
            "ent_cat": "config",
            **state,
            "cmd_t": "~/sensitivity/set",
            "cmd_tpl": "{{ value | round(3) }}",
            "val_tpl": "{{ value_json.sensitivity }}",
            "min": 0,
            "max": 1,
            "step": 0.01,
            "mode": "slider",
        },
        "accept": {"p": "button", "name": f"{label} accept as normal", "~": here, "cmd_t": "~/accept"},
        "relearn": {
            "p": "button",
            "name": f"{label} learn anew",
            "ent_cat": "config",
            "~": here,
            "cmd_t": "~/relearn",
        },
        "score": {
            "p": "sensor",
            "name": f"{label} score",
            "ent_cat": "diagnostic",
            "stat_cla": "measurement",
            **state,
            "val_tpl": "{{ value_json.score | round(2) }}",
            **while_it_films,
        },
        "fps": _figure(base, f"{label} frame rate", _of(camera, "fps"), unit="fps", digits=1),
        "infer": {
            **_figure(base, f"{label} engine time", _of(camera, "infer_ms.p50"), unit="ms", digits=1),
            "dev_cla": "duration",
        },
    }
    found.update(_pictures(label, here, images))
    return found


def _pictures(label: str, here: str, images: Sequence[str]) -> dict[str, Entity]:
    names = {"change": "last change", "heatmap": "heatmap", "reference": "reference"}
    ids = {"change": "image"}
    found: dict[str, Entity] = {
        ids.get(kind, kind): {"p": "image", "name": f"{label} {names[kind]}", "img_t": f"{here}/image/{kind}"}
        for kind in images
    }
    if found:
        found["snapshot"] = {"p": "button", "name": f"{label} snapshot", "cmd_t": f"{here}/snapshot"}
    return found


def _of_device(base: str) -> dict[str, Entity]:
    temperature = _figure(base, "Temperature", "temp_c", unit="°C", digits=1)
    memory = _figure(base, "Memory", "rss_mb", unit="MB", digits=0)
    disk = _figure(base, "Disk free", "disk_free_mb", unit="MB", digits=0)
    return {
        "temperature": {**temperature, "dev_cla": "temperature"},
        "memory": {**memory, "dev_cla": "data_size"},
        "disk": {**disk, "dev_cla": "data_size"},
        "waiting": _figure(base, "Events waiting", "outbox.depth", unit="events", digits=0),
        "dropped": _figure(base, "Events lost", "outbox.dropped", unit="events", digits=0),
    }


def _figure(base: str, name: str, path: str, *, unit: str, digits: int) -> Entity:
    """Return a sensor of the device's health; a figure that the board cannot tell is unknown."""
    return {
        "p": "sensor",
        "name": name,
        "ent_cat": "diagnostic",
        "stat_cla": "measurement",
        "stat_t": topics.health(base),
        "val_tpl": f"{{% set v = value_json.{path} %}}{{{{ v if v is none else v | round({digits}) }}}}",
        "unit_of_meas": unit,
        "exp_aft": STALE_S,
    }


def _of(camera: str, path: str) -> str:
    """Return the path of a camera's figure in the health report; null where it is not in it yet."""
    return f"cameras | selectattr('name','eq','{camera}') | map(attribute='{path}') | first | default(none)"


def _chosen(*keys: str) -> str:
    """Return a template for some values of a document as a document of their own."""
    pairs = ",".join(f"{json.dumps(key)}:value_json.{key}" for key in keys)
    return f"{{{{ {{{pairs}}} | tojson }}}}"


def _unique(device: str) -> str:
    return f"stillwatch_{device}"


def _label(name: str) -> str:
    """Return a name as a person would write it."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] or name


def _slug(name: str) -> str:
    return name.replace("-", "_")

"""Records in a file that only grows: each with its length and checksum.

A file that a power cut tore is read up to the tear. A record is::

    checksum   uint32   CRC-32 of all that follows
    length     uint32   bytes of the camera's name and the payload
    moment     int64    wall clock, nanoseconds
    kind       uint8    what the payload is
    name       uint8    bytes of the camera's name, which comes next
    payload

Numbers are little-endian.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

MAGIC = b"stillwatch segment 1\n"
MAX_PAYLOAD = 1 << 20
MAX_NAME = 255

LOOK, PICTURE, NUMBER = 1, 2, 3
"""Kinds of records: a glance, a JPEG of a frame, the number an event got."""

_CHECKSUM = struct.Struct("<I")
_HEAD = struct.Struct("<IqBB")
OVERHEAD = _CHECKSUM.size + _HEAD.size


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        kind: ``LOOK``, ``PICTURE``, ``NUMBER``, or one that a later version knows.
        wall_ns: When, in nanoseconds since 1970 UTC.
        camera: Whose.
        payload: At most ``MAX_PAYLOAD`` bytes.
    """

    kind: int
    wall_ns: int
    camera: str
    payload: bytes


def framed(record: Record) -> bytes:
    """Return a record as bytes to append.

    Raises:
        ValueError: It is too long.
    """
    name = record.camera.encode()
    if len(name) > MAX_NAME or len(name) + len(record.payload) > MAX_PAYLOAD:
        msg = f"a record of {len(record.payload)} bytes for {record.camera:.80} is too long"
        raise ValueError(msg)
    moment = min(max(record.wall_ns, -(2**63)), 2**63 - 1)
    head = _HEAD.pack(len(name) + len(record.payload), moment, record.kind, len(name))
    checked = head + name + record.payload
    return _CHECKSUM.pack(zlib.crc32(checked)) + checked


def unframed(content: bytes) -> tuple[list[Record], int]:
    """Read a segment up to its end, or to where it is torn.

    Args:
        content: A whole file, whatever it holds.

    Returns:
        The records before the tear, and how many bytes are intact: 0 when this is
        no segment at all.
    """
    if not content.startswith(MAGIC):
        return [], 0
    found: list[Record] = []
    place = len(MAGIC)
    while place + OVERHEAD <= len(content):
        (checksum,) = _CHECKSUM.unpack_from(content, place)
        length, wall_ns, kind, named = _HEAD.unpack_from(content, place + _CHECKSUM.size)
        begin = place + OVERHEAD
        end = begin + length
        if not named <= length <= MAX_PAYLOAD or end > len(content):
            break
        if zlib.crc32(memoryview(content)[place + _CHECKSUM.size : end]) != checksum:
            break
        camera = content[begin : begin + named].decode(errors="replace")
        found.append(Record(kind, wall_ns, camera, content[begin + named : end]))
        place = end
    return found, place

"""References kept as one file per camera and light state."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.lib import format as npy

from edge import files
from edge.types import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MAX_PIXELS = 64_000_000
MAX_BYTES = MAX_PIXELS * 6 + 65_536
MAX_NAME_CHARS = 64
MAX_LIGHTS = 16
"""Files of one camera that are read at most."""

ABOUT = "about.json"
DIGEST = "sha256"
PIXELS, NOISE, LEARNED = ARRAYS = ("pixels.npy", "noise.npy", "learned.npy")

Number = TypeVar("Number", bound=np.generic)

_NAME = re.compile(r"[a-z0-9_-]{1,64}")
_DAMAGE = (
    ValueError,  # zip, JSON, numpy, and our own checks
    KeyError,
    TypeError,
    EOFError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)


class FileReferences:
    """Keeps files, each written as a whole or not at all.

    ``<camera>.npz`` is the golden reference, ``<camera>@<light>.npz`` that of another
    light state. ``noise`` is stored with 11 significant bits. ``numpy.load`` can open
    the files.

    Args:
        directory: Made when missing.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def load(self, camera: str) -> tuple[Reference, ...]:
        """Return the stored references, the golden one first; none where none was stored.

        Raises:
            StorageError: One of them is damaged; it was renamed to
                ``<name>.npz.damaged``, and the next call returns the others. Where it
                was the golden one, the fullest of them takes its place. Or the disk
                refuses.
        """
        golden = self._loaded(self._path(camera))
        lights = [self._loaded(path) for path in self._lights(camera)]
        others = [replace(one, golden=False) for one in lights if one is not None]
        if golden is None and others:
            golden = replace(max(others, key=lambda one: int(np.count_nonzero(one.learned))), golden=True)
            self._promote(camera, golden.light)
        return () if golden is None else (golden, *(one for one in others if one.light != golden.light))

    def _promote(self, camera: str, light: str) -> None:
        """Let the reference of a light state be the golden one, also the next time."""
        path = self._path(camera, light)
        try:
            path.replace(self._path(camera))
            files.sync(self._directory)
        except OSError as error:
            raise files.refused(path, error) from error

    def _loaded(self, path: Path) -> Reference | None:
        return files.kept(
            path, _unpacked, at_most=MAX_BYTES, damage=_DAMAGE, so="what it knew is learned anew"
        )

    def save(self, camera: str, reference: Reference) -> None:
        """Replace the stored reference of its light; a power cut leaves the old or the new.

        Raises:
            StorageError: The disk refuses.
        """
        path = self._path(camera, "" if reference.golden else reference.light)
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            files.replace(path, _packed(reference))
        except OSError as error:
            raise files.refused(path, error) from error

    def drop(self, camera: str, light: str) -> None:
        """Drop the reference of a light state other than the golden one's.

        Raises:
            StorageError: The disk refuses.
        """
        self._unlink([self._path(camera, light)])

    def forget(self, camera: str) -> None:
        """Drop all references of a camera; the golden one last, so that no other takes its place.

        Raises:
            StorageError: The disk refuses.
        """
        self._unlink([*self._lights(camera), self._path(camera)])

    def _unlink(self, paths: Sequence[Path]) -> None:
        try:
            for path in paths:
                path.unlink(missing_ok=True)
            if self._directory.exists():
                files.sync(self._directory)
        except OSError as error:
            raise files.refused(self._directory, error) from error

    def _lights(self, camera: str) -> list[Path]:
        """Return the files of other light states, at most so many."""
        self._path(camera)  # a name with a wildcard is none
        return sorted(self._directory.glob(f"{camera}@*.npz"))[:MAX_LIGHTS]

    def _path(self, camera: str, light: str = "") -> Path:
        for name in (camera, light or camera):
            if not _NAME.fullmatch(name):
                msg = f"{name!r} is no name for a camera or a light state"
                raise ValueError(msg)
        return self._directory / (f"{camera}@{light}.npz" if light else f"{camera}.npz")


def _packed(reference: Reference) -> bytes:
    _check(reference.pixels, reference.noise, reference.learned)
    about = {"id": reference.id, "light": reference.light, "taken_ns": reference.taken_ns}
    # Anything above is no noise of a camera; float16 would make it infinite.
    noise = np.minimum(reference.noise, np.finfo(np.float16).max).astype(np.float16)
    members = {
        ABOUT: json.dumps(about).encode(),
        PIXELS: _array_bytes(reference.pixels),
        NOISE: _array_bytes(noise),
        LEARNED: _array_bytes(np.packbits(reference.learned, axis=1)),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in {**members, DIGEST: _digest(members)}.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # ZipInfo: no compression, no clock
    return packed.getvalue()


def _unpacked(content: bytes) -> Reference:
    """Read a whole file; the digest is checked before anything is interpreted."""
    if len(content) > MAX_BYTES:
        msg = f"longer than {MAX_BYTES} bytes"
        raise ValueError(msg)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: _stored(archive, name) for name in (ABOUT, *ARRAYS)}
        if _stored(archive, DIGEST) != _digest(members):
            msg = "its digest does not match"
            raise ValueError(msg)
    about = json.loads(members[ABOUT])
    pixels = _array(members[PIXELS], np.uint8)
    noise = _array(members[NOISE], np.float16).astype(np.float32)
    learned = np.unpackbits(_array(members[LEARNED], np.uint8), axis=1, count=noise.shape[-1]).astype(
        np.bool_
    )
    _check(pixels, noise, learned)
    for array in (pixels, noise, learned):
        array.setflags(write=False)
    return Reference(
        id=_name(about["id"]),
        light=_light(about["light"]),
        pixels=pixels,
        noise=noise,
        learned=learned,
        taken_ns=int(about["taken_ns"]),
    )


def _digest(members: Mapping[str, bytes]) -> bytes:
    """Return a digest of all members, as hexadecimal text."""
    whole = hashlib.sha256()
    for name in sorted(members):
        whole.update(f"{name} {len(members[name])}\n".encode())
        whole.update(members[name])
    return whole.hexdigest().encode()


def _stored(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member that is not compressed, and so no longer than the file."""
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED:
        msg = f"{name} is compressed"
        raise ValueError(msg)
    return archive.read(info)


def _array_bytes(array: NDArray[np.generic]) -> bytes:
    content = io.BytesIO()
    npy.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
    return content.getvalue()


def _array(content: bytes, kind: type[Number]) -> NDArray[Number]:
    array: NDArray[Number] = npy.read_array(io.BytesIO(content), allow_pickle=False)
    if array.dtype != np.dtype(kind):
        msg = f"holds {array.dtype} where {np.dtype(kind)} belongs"
        raise ValueError(msg)
    return array


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_NAME_CHARS:
        msg = "its name is no text"
        raise ValueError(msg)
    return value


def _light(value: object) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        msg = "its light state has no name"
        raise ValueError(msg)
    return value


def _check(pixels: NDArray[np.uint8], noise: NDArray[np.float32], learned: NDArray[np.bool_]) -> None:
    """Insist that the three pictures of a reference belong together.

    Raises:
        ValueError: They do not.
    """
    height, width = noise.shape if noise.ndim == 2 else (0, 0)  # noqa: PLR2004 - rows and columns
    if (
        not 0 < height * width <= MAX_PIXELS
        or pixels.shape != (height, width, 3)
        or learned.shape != (height, width)
    ):
        msg = f"sizes do not agree: pixels {pixels.shape}, noise {noise.shape}, learned {learned.shape}"
        raise ValueError(msg)
    if not np.isfinite(noise).all() or (noise < 0).any():
        msg = "noise is negative, infinite or no number"
        raise ValueError(msg)

"""Imports what is asked for when it is asked for, so that help need not wait."""

from __future__ import annotations

import os
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convert.silence import silenced
from edge.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OURS = frozenset({"convert", "edge"})


def entry(place: str) -> Callable[..., Any]:
    """Return a function by its place, ``module:function``."""
    # TensorFlow greets in many lines; what it warns of later is still shown.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    # Without AVX-512 TensorFlow leaves its faster kernels aside: 1.28 s a step without them, 0.64 with.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    module, _, name = place.partition(":")
    with silenced():
        imported = import_module(module)
    function: Callable[..., Any] = getattr(imported, name)
    return function


@contextmanager
def libraries_for(what: str) -> Iterator[None]:
    """Say what to install where a library is missing.

    Raises:
        ConfigError: A library that ``what`` needs is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library in _OURS:
            raise
        cure = "pip install '.[convert,demo]' in the folder that stillwatch was installed from"
        msg = f"{what} needs {library}, which is not installed: {cure}"
        raise ConfigError(msg) from error

"""The type of what flows through a network while it is built or trained."""

from __future__ import annotations

from typing import Any, TypeAlias

Tensor: TypeAlias = Any
"""A tensor of whichever backend Keras runs on, which has no type of its own."""

"""Bundles: a model as it is shipped."""

from convert.bundle.golden import verify
from convert.bundle.stage import run

__all__ = ["run", "verify"]

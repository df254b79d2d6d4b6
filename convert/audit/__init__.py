"""Holds model files against what the hardware can run."""

from convert.audit.command import run
from convert.audit.stage import stage

__all__ = ["run", "stage"]

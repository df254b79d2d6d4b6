"""The ``quantize`` stage: from a trained network to model files for devices."""

from convert.quantize.stage import run

__all__ = ["run"]

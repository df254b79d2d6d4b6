"""The device half of stillwatch: watch a scene, report what changed."""

__version__ = "0.1.0"

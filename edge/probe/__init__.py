"""How small a change this device finds in this view: known patches, inserted into real frames.

The frames are real, with their noise, their light and whoever walks through; the
patches are the only thing that is made up. They go through the very watcher the
device runs, and what it tells is held against what was inserted.
"""

from edge.probe.course import Settings, probe
from edge.probe.footage import Footage, recorded
from edge.probe.result import Result

__all__ = ["Footage", "Result", "Settings", "probe", "recorded"]

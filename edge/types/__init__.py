"""What flows through the device: frozen values, units in their names.

Pixel coordinates are those of the *reference* image unless said otherwise:
rows grow downwards, boxes are half-open. Durations come from ``mono_ns`` only;
``wall_ns`` is for people and other machines.
"""

from edge.types.changes import Change, ChangeStatus, EndReason, Event, EventType, Post
from edge.types.frames import EARLIEST_NS, Box, Frame, Instant, Mask, NoFrame, Pixels
from edge.types.looks import Calibration, Kind, Look, Reference, Region, ScoreMap, View
from edge.types.messages import EVERY_CAMERA, EVERY_CHANGE, Answer, Message, Order
from edge.types.models import (
    MOST_OCTAVES,
    REACH,
    Affine,
    Bundle,
    Denoise,
    Enhance,
    ModelContract,
    ModelFile,
    ModelTag,
    Preprocess,
    TensorSpec,
)
from edge.types.moments import Moment

__all__ = [
    "EARLIEST_NS",
    "EVERY_CAMERA",
    "EVERY_CHANGE",
    "MOST_OCTAVES",
    "REACH",
    "Affine",
    "Answer",
    "Box",
    "Bundle",
    "Calibration",
    "Change",
    "ChangeStatus",
    "Denoise",
    "EndReason",
    "Enhance",
    "Event",
    "EventType",
    "Frame",
    "Instant",
    "Kind",
    "Look",
    "Mask",
    "Message",
    "ModelContract",
    "ModelFile",
    "ModelTag",
    "Moment",
    "NoFrame",
    "Order",
    "Pixels",
    "Post",
    "Preprocess",
    "Reference",
    "Region",
    "ScoreMap",
    "TensorSpec",
    "View",
]

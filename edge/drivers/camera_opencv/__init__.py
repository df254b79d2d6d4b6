"""Recordings and live streams, through OpenCV."""

from edge.drivers.camera_opencv.feed import VideoFeed
from edge.drivers.camera_opencv.recording import VideoFile

__all__ = ["VideoFeed", "VideoFile"]

"""Recordings and live streams, through OpenCV."""

from edge.drivers.camera_opencv.live import LiveCamera
from edge.drivers.camera_opencv.recording import VideoFile

__all__ = ["LiveCamera", "VideoFile"]

"""The files of a model: what each is called, and made for."""

from __future__ import annotations

INT8, FLOAT, ONNX = "model.tflite", "float.tflite", "model.onnx"
DELEGATES = {INT8: "cpu", FLOAT: "float", ONNX: "jetson"}
"""What each is made for, as a contract says it."""

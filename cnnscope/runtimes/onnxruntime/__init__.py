"""ONNX Runtime, on the device that was asked for or not at all."""

from cnnscope.runtimes.onnxruntime.kernels import kernel_times
from cnnscope.runtimes.onnxruntime.session import DEVICES, Session, create, library, prepare, require

__all__ = ["DEVICES", "Session", "create", "kernel_times", "library", "prepare", "require"]

"""Converts MediaPipe's networks for faces and people from TensorFlow Lite to ONNX; not in the wheel."""

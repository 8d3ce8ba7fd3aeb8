"""Converts MediaPipe's Face Mesh with attention from TensorFlow Lite to ONNX; not in the wheel."""

"""Networks: readers of published checkpoints, a small ONNX writer, and what is built with them."""

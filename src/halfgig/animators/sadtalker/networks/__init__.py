"""SadTalker's networks in NumPy and ONNX Runtime: numerically equal to the original, in bounded memory."""

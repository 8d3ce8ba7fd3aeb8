"""espeak-ng, called through ctypes."""

"""The espeak-ng engine, called through ctypes."""

"""Talking avatars in half a gigabyte."""

__version__ = "0.1.0"
